"""Changes of Python, made by mutmut."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
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
    chosen = []
    if target.sample:
        # It says what changes there are once it has made them, and refuses to try none of them.
        _mutmut(folder, "run", _NO_CHANGE, may_fail=True)
        chosen = target.chosen(names(folder / "mutants"))
    _mutmut(folder, "run", *chosen)
    _mutmut(folder, "export-cicd-stats")
    return read(folder / "mutants" / "mutmut-cicd-stats.json", len(chosen), _survivors(folder))


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


def read(path: Path, sample: int = 0, survivors: tuple[str, ...] = ()) -> Score:
    """Return the score that mutmut wrote; ``sample``: how many changes were tried, 0: all."""
    counts = json.loads(path.read_text(encoding="utf-8"))
    noticed = counts["killed"] + counts["timeout"] + counts["segfault"]
    known = counts["total"] - counts["skipped"]
    return Score(noticed, sample or known, known, survivors)


def _survivors(folder: Path) -> tuple[str, ...]:
    """Return those that no test noticed, each with its lines before and after."""
    lines = [line.strip() for line in _mutmut(folder, "results").splitlines()]
    left = [line.partition(":")[0] for line in lines if line.endswith((": survived", ": no tests"))]
    return tuple(f"{name}\n{_changed_lines(_mutmut(folder, 'show', name))}" for name in left)


def _changed_lines(diff: str) -> str:
    lines = (line for line in diff.splitlines() if line[:1] in ("-", "+"))
    return "\n".join(line for line in lines if line[:3] not in ("---", "+++"))


def _mutmut(folder: Path, *arguments: str, may_fail: bool = False) -> str:
    program = Path(sys.executable).with_name("mutmut")
    # The copy is to be imported, not what is installed; and nothing of this process's set-up.
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    environment["DJUST_TEST_WAIT_S"] = _WAIT_S
    answer = subprocess.run(
        [str(program), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode and not may_fail:
        raise RuntimeError(f"mutmut {arguments[0]} failed:\n{answer.stdout[-4000:]}{answer.stderr}")
    return answer.stdout
