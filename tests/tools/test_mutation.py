"""What becomes of mutmut's counts, and whether the targets are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import mutation
from tools.workspace import packages


@pytest.mark.parametrize("name", mutation.targets())
def test_a_target_and_its_tests_exist(name: str) -> None:
    target = mutation.targets()[name]
    folder = packages()[target.package].path

    assert (folder / "src" / target.module).is_file()
    assert target.tests
    assert all((folder / test).is_file() for test in target.tests)


def test_a_change_that_hangs_a_test_is_noticed(tmp_path: Path) -> None:
    counts = {"killed": 6, "survived": 2, "total": 12, "no_tests": 1, "skipped": 2}
    path = tmp_path / "stats.json"
    path.write_text(json.dumps({**counts, "suspicious": 0, "timeout": 2, "segfault": 0}))

    score = mutation.read(path)
    assert (score.noticed, score.total, score.percent) == (8, 10, 80.0)


def test_a_score_below_its_floor_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = mutation.Target("djust-live", "x.py", ("tests/test_x.py",), 80)
    monkeypatch.setattr(mutation, "targets", lambda: {"x": target})
    monkeypatch.setattr("sys.argv", ["mutation", "x"])
    for noticed, status in ((8, 0), (7, 1)):
        score = mutation.Score(noticed, 10)
        monkeypatch.setattr(mutation, "measure", lambda *_, score=score: score)
        assert mutation.main() == status
    assert "70.0 %   floor 80 %" in capsys.readouterr().out
