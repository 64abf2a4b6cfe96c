"""Facts about this workspace: its packages, how they need each other, the versions to test with."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
WHEELS = ROOT / "dist" / "wheels"
REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[(?P<extras>[^\]]*)\])?(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Package:
    """One installable package of the workspace, as its `pyproject.toml` describes it."""

    name: str
    path: Path
    project: dict[str, Any]
    groups: dict[str, list[str]]

    @property
    def module(self) -> str:
        """The import name."""
        return self.name.replace("-", "_")

    @property
    def native(self) -> bool:
        """Whether the package holds a Rust extension module."""
        return (self.path / "rust" / "Cargo.toml").is_file()

    @property
    def dependencies(self) -> list[str]:
        """The requirements of `[project] dependencies`."""
        requirements: list[str] = self.project.get("dependencies", [])
        return requirements

    @property
    def extras(self) -> dict[str, list[str]]:
        """The requirements of each extra."""
        extras: dict[str, list[str]] = self.project.get("optional-dependencies", {})
        return extras


@dataclass(frozen=True, slots=True)
class Django:
    """One Django series that the packages support."""

    series: str
    version: str
    oldest_python: tuple[int, int]


def read_toml(path: Path) -> dict[str, Any]:
    """Return the parsed TOML file."""
    document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return document


def requirement_name(requirement: str) -> str:
    """Return the normalised distribution name of a requirement.

    Example:
        >>> requirement_name("Django>=5.2,<6.2"), requirement_name("djust_live[redis]==2")
        ('django', 'djust-live')
    """
    match = REQUIREMENT.match(requirement)
    if match is None:
        raise ValueError(f"not a requirement: {requirement!r}")
    return re.sub(r"[-_.]+", "-", match["name"]).lower()


@cache
def packages() -> dict[str, Package]:
    """Return all packages by name, each after the siblings that it needs."""
    found = {}
    for path in sorted(ROOT.glob("packages/*/pyproject.toml")):
        document = read_toml(path)
        project = document["project"]
        found[project["name"]] = Package(
            project["name"], path.parent, project, document.get("dependency-groups", {})
        )
    ordered: dict[str, Package] = {}

    def add(package: Package) -> None:
        for requirement in package.dependencies:
            sibling = found.get(requirement_name(requirement))
            if sibling is not None and sibling.name not in ordered:
                add(sibling)
        ordered[package.name] = package

    for package in found.values():
        if package.name not in ordered:
            add(package)
    return ordered


def split_siblings(requirements: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the names of siblings among the requirements, and all other requirements."""
    siblings, others = [], []
    for requirement in requirements:
        name = requirement_name(requirement)
        if name in packages():
            siblings.append(name)
        else:
            others.append(requirement)
    return siblings, others


def with_siblings(names: Iterable[str]) -> list[str]:
    """Return these packages and every sibling they need, directly or not, in build order."""
    wanted: set[str] = set()

    def add(name: str) -> None:
        if name not in wanted:
            wanted.add(name)
            for sibling in split_siblings(packages()[name].dependencies)[0]:
                add(sibling)

    for name in names:
        add(name)
    return [name for name in packages() if name in wanted]


def group(name: str, document: dict[str, list[Any]] | None = None) -> list[str]:
    """Return the requirements of a dependency group, with the groups that it includes.

    Args:
        name: The group.
        document: A `[dependency-groups]` table; that of the root when not given.
    """
    table = (
        read_toml(ROOT / "pyproject.toml")["dependency-groups"] if document is None else document
    )

    def expand(group_name: str) -> Iterator[str]:
        for item in table[group_name]:
            if isinstance(item, str):
                yield item
            else:
                yield from expand(item["include-group"])

    return list(dict.fromkeys(expand(name)))


def supported_pythons() -> list[str]:
    """Return the CPython versions that the packages support, oldest first."""
    versions: list[str] = read_toml(ROOT / "pyproject.toml")["tool"]["djust"]["pythons"]
    return versions


def djangos(python: str | None = None) -> list[Django]:
    """Return the Django series to test, oldest first.

    Args:
        python: Only those that run on this Python version, for example `3.12`.
    """
    table = read_toml(ROOT / "pyproject.toml")["tool"]["djust"]["django"]
    found = [
        Django(series, entry["version"], version_pair(entry["python"]))
        for series, entry in table.items()
    ]
    if python is None:
        return found
    return [django for django in found if django.oldest_python <= version_pair(python)]


def sampled_djangos(python: str) -> list[Django]:
    """Return the Django series that CI tests on this Python version."""
    sample = read_toml(ROOT / "pyproject.toml")["tool"]["djust"]["ci"][python]
    return [django for django in djangos(python) if django.series in sample]


def version_pair(version: str) -> tuple[int, int]:
    """Return major and minor of a version as numbers, so that 3.9 sorts before 3.10."""
    major, minor = version.split(".")[:2]
    return int(major), int(minor)
