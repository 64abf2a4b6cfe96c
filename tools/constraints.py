"""Write `constraints.txt`: the exact versions of everything third-party that we install.

One file for all supported Pythons, with markers where they differ. It names versions only, no
index and no file hashes, so it holds wherever packages come from. Django is left out, because
tests install several of its series: those versions are in the root `pyproject.toml`.

Usage:
    python -m tools.constraints             keep what still fits, add what is missing
    python -m tools.constraints --upgrade   take the newest version of everything
    python -m tools.constraints --check     fail when the file does not fit what is installed
"""

from __future__ import annotations

import argparse
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.workspace import (
    CONSTRAINTS,
    ROOT,
    group,
    packages,
    read_toml,
    requirement_name,
    split_siblings,
    supported_pythons,
)

HEADER = """\
# The exact versions that every install in this workspace uses. Django is pinned in pyproject.toml.
# Written by: nox -s constraints
"""


def requirements() -> list[str]:
    """Return every third-party requirement of the packages, their extras, builds and all groups."""

    def collect() -> Iterator[str]:
        for package in packages().values():
            yield from package.dependencies
            for extra in package.extras.values():
                yield from extra
            for name in package.groups:
                yield from group(name, package.groups)
        for name in read_toml(ROOT / "pyproject.toml")["dependency-groups"]:
            yield from group(name)

    return sorted(set(split_siblings(collect())[1]))


def compile_pins(*, upgrade: bool) -> list[str]:
    """Return the pins that uv resolves for all supported Pythons at once.

    Args:
        upgrade: Take the newest versions. Otherwise the pins that are there stay where they fit.
    """
    command = ["uv", "pip", "compile", "-", "--universal", "--quiet"]
    command += ["--python-version", supported_pythons()[0], "--no-header", "--no-annotate"]
    command += ["--no-emit-package", "django", "--no-sources"]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / CONSTRAINTS.name
        if CONSTRAINTS.exists() and not upgrade:
            shutil.copy(CONSTRAINTS, output)
        answer = subprocess.run(
            [*command, "--output-file", str(output)],
            input="\n".join(requirements()),
            env={k: v for k, v in os.environ.items() if k != "UV_CONSTRAINT"},
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode != 0:
            raise SystemExit(answer.stderr)
        lines = output.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Write constraints.txt.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    parser.add_argument("--check", action="store_true", help="only compare")
    options = parser.parse_args(argv)
    pins = compile_pins(upgrade=options.upgrade)
    text = HEADER + "\n".join(pins) + "\n"
    if options.check:
        there = CONSTRAINTS.read_text(encoding="utf-8")
        for line in difflib.unified_diff(there.splitlines(), text.splitlines(), lineterm="", n=0):
            sys.stderr.write(f"{line}\n")
        if there != text:
            sys.stderr.write("constraints.txt does not fit. Run: ./dev nox -s constraints\n")
            return 1
    CONSTRAINTS.write_text(text, encoding="utf-8")
    names = {requirement_name(pin) for pin in pins}
    sys.stdout.write(f"{CONSTRAINTS.name}: {len(pins)} pins of {len(names)} packages\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
