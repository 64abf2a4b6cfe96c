"""Each wheel in an environment of its own, installed by pip without any index."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.wheels.environments import Environment, pip
from tools import wheels, workspace


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the caller choose the interpreter that wheels are installed for."""
    parser.addoption("--wheels-python", required=True, help="path of the interpreter to test with")


@pytest.fixture(scope="session")
def interpreter(request: pytest.FixtureRequest) -> str:
    """The interpreter that wheels are installed for."""
    return str(request.config.getoption("--wheels-python"))


@pytest.fixture(scope="session")
def third_party(interpreter: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with wheels of everything that our packages need from others.

    Downloaded by their own names and never through ours: an index may have another project under
    the name of one of our packages.
    """
    folder = tmp_path_factory.mktemp("third-party")
    empty = tmp_path_factory.mktemp("downloader") / "venv"
    subprocess.run(["uv", "venv", "--quiet", "--python", interpreter, empty], check=True)
    needed: set[str] = set()
    for package in workspace.packages().values():
        needed.update(workspace.split_siblings(package.dependencies)[1])
    pip(
        empty / "bin" / "python",
        *("download", "--quiet", "--only-binary", ":all:", "--dest", folder),
        *("--constraint", workspace.CONSTRAINTS, *sorted(needed)),
    )
    return folder


@pytest.fixture(scope="session")
def alone(
    interpreter: str, third_party: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Environment]:
    """Return a function that gives an environment with one package, made on first use."""
    made: dict[str, Environment] = {}

    def make(name: str) -> Environment:
        if name not in made:
            environment = Environment(tmp_path_factory.mktemp(name) / "venv")
            subprocess.run(
                ["uv", "venv", "--quiet", "--python", interpreter, environment.path], check=True
            )
            version = (workspace.ROOT / "VERSION").read_text().strip()
            pip(
                environment.python,
                *("install", "--quiet", "--no-index", "--find-links", workspace.WHEELS),
                *("--find-links", third_party, f"{name}=={version}"),
            )
            made[name] = environment
        return made[name]

    wheels.wheel_of("djust")  # say that wheels are missing before anything is downloaded
    return make
