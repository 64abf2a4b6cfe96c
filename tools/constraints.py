"""Write `constraints.txt`: the exact versions of everything third-party that we install.

One file for all supported Pythons, with markers where they differ. It names versions only, no
index and no file hashes, so it holds wherever packages come from. Django is left out, because
tests install several of its series: those versions are in the root `pyproject.toml`.

Usage:
    python tools/constraints.py             keep what still fits, add what is missing
    python tools/constraints.py --upgrade   take the newest version of everything
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator

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


def compile_pins(*, upgrade: bool) -> str:
    """Return the pins that uv resolves for all supported Pythons at once."""
    command = ["uv", "pip", "compile", "-", "--universal", "--quiet"]
    command += ["--python-version", supported_pythons()[0], "--no-header", "--no-annotate"]
    command += ["--no-emit-package", "django", "--no-sources"]
    if upgrade:
        command.append("--upgrade")
    elif CONSTRAINTS.exists():
        command += ["--constraint", str(CONSTRAINTS)]
    answer = subprocess.run(
        command, input="\n".join(requirements()), capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        raise SystemExit(answer.stderr)
    return answer.stdout


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Write constraints.txt.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = parser.parse_args(argv)
    pins = [
        line
        for line in compile_pins(upgrade=options.upgrade).splitlines()
        if line and not line.startswith("#")
    ]
    names = {requirement_name(pin) for pin in pins}
    CONSTRAINTS.write_text(HEADER + "\n".join(pins) + "\n", encoding="utf-8")
    sys.stdout.write(f"{CONSTRAINTS.name}: {len(pins)} pins of {len(names)} packages\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
