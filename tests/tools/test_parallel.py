"""Jobs side by side."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools import parallel


def test_jobs_begin_in_order_and_no_more_than_allowed_run_at_once() -> None:
    begun: list[str] = []
    most = running = 0
    lock = threading.Lock()
    both = threading.Barrier(2, timeout=10)

    def start(job: Sequence[str]) -> int:
        nonlocal most, running
        with lock:
            begun.append(job[0])
            running += 1
            most = max(most, running)
        both.wait()  # two run at the same time
        with lock:
            running -= 1
        return 0

    assert parallel.run([["a"], ["b", "c"], ["d"], ["e"]], 2, start) == []
    assert set(begun[:2]) == {"a", "b"}
    assert set(begun) == {"a", "b", "d", "e"}
    assert most == 2


def test_a_job_that_fails_is_named_and_stops_no_other() -> None:
    def start(job: Sequence[str]) -> int:
        return int(job[0] == "a")

    assert parallel.run([["a", "b"], ["c"]], 1, start) == ["a"]


def test_output_of_a_job_begins_with_its_name(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    noxfile = tmp_path / "noxfile.py"
    noxfile.write_text(
        "import nox\n"
        "@nox.session(python=False)\n"
        "def fine(session): session.log('said %s', *session.posargs)\n"
        "@nox.session(python=False)\n"
        "def broken(session): session.error('no')\n"
    )
    assert parallel.run_in_nox(["fine"], noxfile, ["this"], 0) == 0
    assert parallel.run_in_nox(["fine", "broken"], noxfile, ["that"], 1) != 0
    out = capfd.readouterr().out
    assert "fine: nox > said this" in out
    assert all(line.startswith("fine: ") for line in out.splitlines())
