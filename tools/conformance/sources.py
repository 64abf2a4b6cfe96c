"""Django's source distribution: fetched by name with pip, unpacked once, reused."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path


def cache_directory() -> Path:
    """Return the folder that keeps downloads and recorded baselines between runs."""
    root = os.environ.get("DJUST_CACHE") or Path.home() / ".cache" / "djust"
    path = Path(root) / "conformance"
    path.mkdir(parents=True, exist_ok=True)
    return path


@dataclass(frozen=True, slots=True)
class DjangoSource:
    """One unpacked release of Django.

    Attributes:
        version: The release, as in ``5.2.19``.
        root: The unpacked distribution; importable as ``django`` when on the path.
    """

    version: str
    root: Path

    @property
    def tests(self) -> Path:
        """The folder of Django's own test suites."""
        return self.root / "tests"

    @property
    def series(self) -> str:
        """The feature release, as in ``5.2``."""
        return ".".join(self.version.split(".")[:2])


def fetch_django(version: str, python: str = sys.executable) -> DjangoSource:
    """Return Django ``version``, downloading and unpacking it on first use.

    Args:
        version: An exact release, as in ``5.2.19``.
        python: The interpreter whose pip downloads; its version must be one that release supports.

    Raises:
        subprocess.CalledProcessError: pip could not get the distribution.
    """
    cache = cache_directory()
    root = cache / f"django-{version}"
    if not (root / "tests" / "runtests.py").exists():
        archive = cache / f"django-{version}.tar.gz"
        if not archive.exists():
            download(f"Django=={version}", cache, python, source=True)
        with tarfile.open(archive) as tar:
            tar.extractall(cache, filter="data")
    return DjangoSource(version, root)


def download(requirement: str, target: Path, python: str, *, source: bool) -> None:
    """Download one distribution with pip, without its dependencies.

    Args:
        requirement: What to get, as pip reads it.
        target: The folder for the file.
        python: The interpreter whose pip is used.
        source: Get the source distribution rather than a wheel. pip asks the project's build
            backend for metadata then; it does not build a wheel.
    """
    name = requirement.partition("==")[0]
    form = ["--no-binary", name] if source else ["--only-binary", ":all:"]
    command = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(target)]
    subprocess.run([*command, *form, requirement], check=True)
