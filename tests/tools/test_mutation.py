"""What becomes of the counts of the tools that change modules, and whether the targets are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.mutation import __main__ as mutation
from tools.mutation import client, python, rust
from tools.mutation.targets import Score, Target, targets


@pytest.mark.parametrize("name", targets())
def test_a_target_and_its_tests_exist(name: str) -> None:
    target = targets()[name]
    assert all(list(target.path.glob(module)) for module in target.modules)
    assert {Path(module).suffix for module in target.modules} == {target.language}
    assert target.tests or target.language == ".rs"
    assert all((target.path / test).is_file() for test in target.tests)


def target(sample: int = 0) -> Target:
    return Target("packages/djust-live", ("src/x.py",), 80, ("tests/test_x.py",), sample)


def test_a_sample_is_the_same_in_every_run_and_keeps_the_order() -> None:
    changes = [f"{number:03}" for number in range(100)]
    chosen = target(sample=10).chosen(changes)
    assert len(chosen) == 10
    assert chosen == sorted(chosen) == target(sample=10).chosen(changes)
    assert target(sample=100).chosen(changes) == target().chosen(changes) == changes


def counts_of_mutmut(path: Path) -> Path:
    counts = {"killed": 6, "survived": 2, "total": 12, "no_tests": 1, "skipped": 2}
    path.write_text(json.dumps({**counts, "suspicious": 0, "timeout": 2, "segfault": 0}))
    return path


def test_a_change_that_hangs_a_test_is_noticed(tmp_path: Path) -> None:
    score = python.read(counts_of_mutmut(tmp_path / "stats.json"))
    assert (score.noticed, score.tried, score.known, score.percent) == (8, 10, 10, 80.0)


def test_the_names_of_changes_are_those_that_mutmut_made(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no changes"):
        python.names(tmp_path)
    (tmp_path / "src").mkdir()
    for module in ("b", "a"):
        made = {f"{module}.x_f__mutmut_{number}": None for number in (1, 2)}
        (tmp_path / "src" / f"{module}.py.meta").write_text(
            json.dumps({"exit_code_by_key": made}), encoding="utf-8"
        )
    assert [name.partition(".")[0] for name in python.names(tmp_path)] == ["a", "a", "b", "b"]


def test_what_does_not_compile_is_no_change(tmp_path: Path) -> None:
    counts = {"caught": 6, "timeout": 1, "missed": 1, "unviable": 4, "total_mutants": 12}
    (tmp_path / "outcomes.json").write_text(json.dumps(counts))
    (tmp_path / "missed.txt").write_text("src/a.rs:1:1: replace f with ()\n")
    score = rust.read(tmp_path, 40)
    assert (score.noticed, score.tried, score.known) == (7, 8, 40)
    assert score.survivors == ("src/a.rs:1:1: replace f with ()",)


def test_a_place_in_javascript_counts_units_of_utf16() -> None:
    source = '"\N{GRINNING FACE}é" + 1'.encode()
    change = {"start": 6, "end": 7, "text": "-"}
    assert client.apply(source, change) == '"\N{GRINNING FACE}é" - 1'.encode()


def test_a_score_below_its_floor_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mutation, "targets", lambda: {"x": target()})
    monkeypatch.setattr("sys.argv", ["mutation", "x"])
    for noticed, status in ((8, 0), (7, 1)):
        score = Score(noticed, 10, 20)
        monkeypatch.setattr(mutation, "measure", lambda *_, score=score: score)
        assert mutation.main() == status
    assert "70.0 %   floor 80 %   of 20 in all" in capsys.readouterr().out
