"""Changes of Python, made by mutmut."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tools.mutation.targets import Score, Target

_CONFIG = """\
[tool.mutmut]
source_paths = ["src"]
only_mutate = {modules}
pytest_add_cli_args_test_selection = {tests}
process_isolation = "fork"

[tool.pytest.ini_options]
addopts = ["--import-mode=importlib", "-p", "no:cacheprovider"]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"
"""
_NO_CHANGE = "none"
# How long a test waits for what a change keeps from coming.
_WAIT_S = "10"
# All tests of a target together.
_TIMEOUT_S = 300
_AT_A_TIME = 2


def measure(target: Target, folder: Path) -> Score:
    """Change a copy of the modules again and again, and count.

    Raises:
        RuntimeError: mutmut could not do its work.
    """
    for part in ("src", "tests"):
        shutil.copytree(target.path / part, folder / part)
    modules, tests = json.dumps(target.modules), json.dumps(target.tests)
    config = _CONFIG.format(modules=modules, tests=tests)
    (folder / "pyproject.toml").write_text(config, encoding="utf-8")
    if target.sample:
        # It says what changes there are once it has made them, and refuses to try none of them.
        _mutmut(folder, "run", _NO_CHANGE, may_fail=True)
        return _try_each(target, folder)
    _mutmut(folder, "run")
    _mutmut(folder, "export-cicd-stats")
    return read(folder / "mutants" / "mutmut-cicd-stats.json", _survivors(folder))


def _try_each(target: Target, folder: Path) -> Score:
    """Try a sample, each change in a process of its own.

    mutmut forks, and tests with threads and an event loop do not end there: every change would
    count as noticed.

    Raises:
        RuntimeError: The tests fail before anything was changed.
    """
    mutants = folder / "mutants"
    if _is_noticed(mutants, target.tests, ""):
        raise RuntimeError(f"The tests fail without a change: {', '.join(target.tests)}")
    known = names(mutants)
    chosen = target.chosen(known)
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        noticed = list(pool.map(partial(_is_noticed, mutants, target.tests), chosen))
    left = [name for name, is_noticed in zip(chosen, noticed, strict=True) if not is_noticed]
    return Score(sum(noticed), len(chosen), len(known), _shown(folder, left))


def _is_noticed(mutants: Path, tests: tuple[str, ...], name: str) -> bool:
    """Return whether a test fails, or ends no more, with the change of this name."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", *tests]
    environment = {
        **_environment(),
        "MUTANT_UNDER_TEST": name,
        "PYTHONPATH": str(mutants / "src"),  # before what is installed
    }
    try:
        answer = subprocess.run(
            command,
            cwd=mutants,
            env=environment,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return answer.returncode != 0


def names(mutants: Path) -> list[str]:
    """Return the names of all changes that mutmut has made.

    Raises:
        RuntimeError: It has made none.
    """
    found = [
        name
        for path in sorted(mutants.rglob("*.py.meta"))
        for name in json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    ]
    if not found:
        raise RuntimeError(f"mutmut has left no changes in {mutants}.")
    return found


def read(path: Path, survivors: tuple[str, ...] = ()) -> Score:
    """Return the score that mutmut wrote."""
    counts = json.loads(path.read_text(encoding="utf-8"))
    noticed = counts["killed"] + counts["timeout"] + counts["segfault"]
    known = counts["total"] - counts["skipped"]
    return Score(noticed, known, known, survivors)


def _survivors(folder: Path) -> tuple[str, ...]:
    """Return those that no test noticed, each with its lines before and after."""
    lines = [line.strip() for line in _mutmut(folder, "results").splitlines()]
    left = [line.partition(":")[0] for line in lines if line.endswith((": survived", ": no tests"))]
    return _shown(folder, left)


def _shown(folder: Path, names: list[str]) -> tuple[str, ...]:
    return tuple(f"{name}\n{_changed_lines(_mutmut(folder, 'show', name))}" for name in names)


def _changed_lines(diff: str) -> str:
    lines = (line for line in diff.splitlines() if line[:1] in ("-", "+"))
    return "\n".join(line for line in lines if line[:3] not in ("---", "+++"))


def _mutmut(folder: Path, *arguments: str, may_fail: bool = False) -> str:
    program = Path(sys.executable).with_name("mutmut")
    answer = subprocess.run(
        [str(program), *arguments],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode and not may_fail:
        raise RuntimeError(f"mutmut {arguments[0]} failed:\n{answer.stdout[-4000:]}{answer.stderr}")
    return answer.stdout


def _environment() -> dict[str, str]:
    """Return what tools and tests see: nothing of this process's set-up."""
    kept = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    return {**kept, "DJUST_TEST_WAIT_S": _WAIT_S}
