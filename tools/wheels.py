"""The workspace's own wheels: what they are built from, what they need, and where they are.

All wheels are built once, in release mode, and every test session installs the same files. The
native ones use Python's stable ABI, so one build serves all supported Python versions.
"""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from email.parser import HeaderParser
from pathlib import Path

from tools.workspace import ROOT, WHEELS, packages

INPUTS = (
    "crates",
    "packages",
    "tools/client",
    "Cargo.toml",
    "Cargo.lock",
    "VERSION",
    "LICENSE",
    "package.json",
    "package-lock.json",
    "constraints.txt",
)
FINGERPRINT = WHEELS / "fingerprint"


class WheelError(Exception):
    """A wheel is missing or is not what it should be."""


def source_files() -> list[Path]:
    """Return the files that wheels are built from: those git tracks or would track."""
    answer = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *INPUTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / name for name in sorted(set(answer.stdout.split("\0"))) if name)
    return [path for path in paths if path.is_file() and "tests" not in path.parts]


def fingerprint() -> str:
    """Return a hash over names and contents of everything that wheels are built from."""
    digest = hashlib.sha256()
    for path in source_files():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def up_to_date() -> bool:
    """Return whether the wheels that are there were built from the sources as they are now."""
    if not FINGERPRINT.exists() or FINGERPRINT.read_text(encoding="utf-8") != fingerprint():
        return False
    return all(list(WHEELS.glob(f"{package.module}-*.whl")) for package in packages().values())


def wheel_of(name: str) -> Path:
    """Return the wheel of a package.

    Raises:
        WheelError: There is none, or more than one, so it is not clear which is meant.
    """
    found = sorted(WHEELS.glob(f"{packages()[name].module}-*.whl"))
    if len(found) != 1:
        raise WheelError(f"{len(found)} wheels of {name} in {WHEELS}: run nox -s build")
    return found[0]


def contents(wheel: Path) -> set[str]:
    """Return the names of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def requirements(wheel: Path) -> list[str]:
    """Return the requirements that a wheel declares, those of extras included, as written."""
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        headers = HeaderParser().parsestr(archive.read(metadata).decode())
    return headers.get_all("Requires-Dist", [])
