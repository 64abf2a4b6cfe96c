"""The html5lib tests, which hold hard HTML: fetched by name with pip, unpacked once, reused."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tools.workspace import ROOT

VERSION = "1.1"
CACHE = ROOT / ".tools" / "cache"
# pip asks the source distribution for its metadata, and its setup.py needs what newer ones lost.
BUILD_CONSTRAINT = "setuptools<81\n"
HOW_TO_GET_THEM = "The html5lib tests are missing. Get them with: ./dev nox -s html5lib"


class Missing(Exception):
    """The tests are not on this machine."""


def folder() -> Path:
    """Return where the tests are: in ``$DJUST_HTML5LIB_TESTS``, or where they are fetched to."""
    named = os.environ.get("DJUST_HTML5LIB_TESTS")
    return Path(named) if named else CACHE / f"html5lib-{VERSION}" / "html5lib/tests/testdata"


def tree_construction() -> list[Path]:
    """Return the files of the tests about the tree that a parser makes.

    Raises:
        Missing: There are none.
    """
    found = sorted(folder().glob("tree-construction/**/*.dat"))
    if not found:
        raise Missing(HOW_TO_GET_THEM)
    return found


def fetch() -> None:
    """Download and unpack the tests unless they are there."""
    if folder().exists():
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        constraint = Path(temporary) / "constraint.txt"
        constraint.write_text(BUILD_CONSTRAINT, encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        source = ["--no-binary", "html5lib", "--build-constraint", str(constraint)]
        subprocess.run([*pip, *source, "--dest", temporary, f"html5lib=={VERSION}"], check=True)
        with tarfile.open(Path(temporary) / f"html5lib-{VERSION}.tar.gz") as archive:
            archive.extractall(CACHE, filter="data")


if __name__ == "__main__":
    fetch()
