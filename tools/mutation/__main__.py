"""Break modules a little, one change at a time, and count the changes that a test notices.

A test that runs a line need not check it. mutmut changes an operator, a number, an argument, and
runs the tests of the module again; a change that no test notices has survived. Targets are modules
without input and output, whose tests take seconds.

Usage:
    python -m tools.mutation             all targets
    python -m tools.mutation coercion    the ones named
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.workspace import ROOT, packages, read_toml

RUN = ROOT / ".run" / "mutation"
_CONFIG = """\
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/{module}"]
pytest_add_cli_args_test_selection = {tests}
process_isolation = "fork"

[tool.pytest.ini_options]
addopts = ["--import-mode=importlib", "-p", "no:cacheprovider"]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"
"""


@dataclass(frozen=True)
class Target:
    """One module and the tests that are to notice its changes.

    Attributes:
        package: The package that it is in.
        module: Its path below ``src``.
        tests: The files, below the package's folder.
        floor: Percent of the changes that must be noticed.
    """

    package: str
    module: str
    tests: tuple[str, ...]
    floor: int


@dataclass(frozen=True)
class Score:
    """What became of the changes of one module.

    Attributes:
        noticed: By a test that failed, or that ended no more.
        total: All that were made.
    """

    noticed: int
    total: int

    @property
    def percent(self) -> float:
        """The share that was noticed."""
        return 100 * self.noticed / self.total if self.total else 100.0


def targets() -> dict[str, Target]:
    """Return the targets that the root ``pyproject.toml`` names."""
    table = read_toml(ROOT / "pyproject.toml")["tool"]["djust"]["mutation"]
    return {
        name: Target(one["package"], one["module"], tuple(one["tests"]), one["floor"])
        for name, one in table.items()
    }


def measure(name: str, target: Target) -> Score:
    """Change a copy of the module again and again, and count.

    Raises:
        RuntimeError: mutmut could not do its work.
    """
    folder = RUN / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = packages()[target.package].path
    for part in ("src", "tests"):
        shutil.copytree(source / part, folder / part)
    tests = json.dumps(list(target.tests))
    config = _CONFIG.format(module=target.module, tests=tests)
    (folder / "pyproject.toml").write_text(config, encoding="utf-8")
    for arguments in (("run",), ("export-cicd-stats",)):
        _mutmut(folder, *arguments)
    return read(folder / "mutants" / "mutmut-cicd-stats.json")


def read(path: Path) -> Score:
    """Return the score that mutmut wrote."""
    counts = json.loads(path.read_text(encoding="utf-8"))
    noticed = counts["killed"] + counts["timeout"] + counts["segfault"]
    return Score(noticed, counts["total"] - counts["skipped"])


def _mutmut(folder: Path, *arguments: str) -> None:
    program = Path(sys.executable).with_name("mutmut")
    # The copy is to be imported, not what is installed; and nothing of this process's set-up.
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    answer = subprocess.run(
        [str(program), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise RuntimeError(f"mutmut {arguments[0]} failed:\n{answer.stdout[-4000:]}{answer.stderr}")


def main() -> int:
    """Measure, print a line for each target, and return whether one is below its floor."""
    known = targets()
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("names", nargs="*", choices=[*known, []], help="targets; all by default")
    below = False
    for name in parser.parse_args().names or known:
        target = known[name]
        score = measure(name, target)
        below |= score.percent < target.floor
        print(
            f"{name:<12}{score.noticed:>6} of {score.total:>5} changes noticed"
            f"{score.percent:>8.1f} %   floor {target.floor} %",
            flush=True,
        )
    return int(below)


if __name__ == "__main__":
    raise SystemExit(main())
