"""tools/interpreters.py: only what runs counts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import interpreters


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose only programs are in one folder."""
    interpreters.find.cache_clear()
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv"))
    return tmp_path


def test_a_shim_that_fails_is_no_interpreter(only: Path) -> None:
    program(only / "bin/python3.14", "exit 127")
    assert interpreters.find("3.14") is None


def test_an_interpreter_behind_a_failing_shim_is_found(only: Path) -> None:
    program(only / "bin/python3.14", "exit 127")
    real = program(only / "pyenv/versions/3.14.1/bin/python3.14", "echo CPython 3.14 False True")
    assert interpreters.find("3.14") == real


@pytest.mark.parametrize(
    "answer",
    [
        "PyPy 3.14 False True",
        "CPython 3.13 False True",
        "CPython 3.14 True True",
        "CPython 3.14 False False",
        "something else",
    ],
)
def test_another_interpreter_does_not_count(only: Path, answer: str) -> None:
    program(only / "bin/python3.14", f"echo {answer}")
    assert interpreters.find("3.14") is None


def test_a_real_interpreter_is_probed() -> None:
    expected = f"{sys.version_info[0]}.{sys.version_info[1]}"
    base = Path(sys.base_prefix) / "bin" / f"python{expected}"
    assert interpreters.probe(base) == expected
