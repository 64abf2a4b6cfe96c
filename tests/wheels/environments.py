"""Virtual environments that hold one of our wheels and nothing that it did not ask for."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools import workspace

INSTALL_TIMEOUT_S = 300
RUN_TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment with one of our wheels and what it needs."""

    path: Path

    @property
    def python(self) -> Path:
        """The interpreter of this environment."""
        return self.path / "bin" / "python"

    def run(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run the interpreter away from the sources and return what it printed."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "DJANGO", "PIP_", "UV_"))
        }
        answer = subprocess.run(
            [self.python, *arguments],
            cwd=cwd or self.path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=RUN_TIMEOUT_S,
            check=False,
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr
        return answer.stdout

    def installed(self) -> set[str]:
        """Return the normalised names of everything that is installed."""
        listing = (
            "from importlib.metadata import distributions\n"
            "print('\\n'.join(d.metadata['Name'] for d in distributions()))"
        )
        return {workspace.requirement_name(name) for name in self.run("-c", listing).split()}


def pip(python: str | Path, *arguments: str | Path) -> None:
    """Run pip for an interpreter, without the settings of the user's shell."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PIP_FIND")}
    answer = subprocess.run(
        [*pip_command(), "--python", python, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=INSTALL_TIMEOUT_S,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def pip_command() -> list[str]:
    """Return the command of the pip beside this test's own interpreter."""
    return ["python", "-m", "pip", "--disable-pip-version-check", "--no-input"]
