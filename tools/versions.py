"""Keep the one version of the workspace in step everywhere it is written.

`VERSION` is the place to change it. Every package's `pyproject.toml` and `__version__`, the exact
pins between sibling packages (also in extras), the Cargo workspace and the quickstart repeat it,
because nothing that reads them looks anywhere else. uv does not check those pins: inside the
workspace it takes the sibling's source, whatever the pin says.

Usage:
    python tools/versions.py --check
    python tools/versions.py --set 2.0.0a2
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent

# PEP 440 without epoch, post and local parts: Cargo accepts no counterpart of those.
PEP440 = re.compile(
    r"(?P<release>\d+\.\d+\.\d+)(?:(?P<pre>a|b|rc)(?P<pre_n>\d+))?(?:\.dev(?P<dev>\d+))?"
)
SEMVER_PRE = {"a": "alpha", "b": "beta", "rc": "rc"}
REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?P<extras>\[[^\]]*\])?(?P<spec>.*)")
PYPROJECT_VERSION = re.compile(r'(?m)^version = "[^"]*"$')
MODULE_VERSION = re.compile(r'(?m)^__version__ = "([^"]*)"$')
QUICKSTART_PIN = re.compile(r'"djust==([^"]*)"')
CARGO_VERSION = re.compile(r'(?ms)(^\[workspace\.package\]\n.*?^version = )"[^"]*"')


class VersionsError(Exception):
    """The versions cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One place that disagrees with `VERSION`."""

    path: Path
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def semver(version: str) -> str:
    """Return the SemVer spelling of a PEP 440 version, as Cargo wants it.

    Args:
        version: For example `2.0.0a1`; epochs, post releases and local parts have no counterpart.

    Raises:
        VersionsError: `version` is not of that form.

    Example:
        >>> semver("2.0.0a1"), semver("2.0.0rc2.dev3"), semver("2.0.0")
        ('2.0.0-alpha.1', '2.0.0-rc.2.dev.3', '2.0.0')
    """
    match = PEP440.fullmatch(version)
    if match is None:
        raise VersionsError(
            f"{version!r} is not MAJOR.MINOR.PATCH with an optional aN, bN or rcN and .devN"
        )
    parts = []
    if match["pre"]:
        parts += [SEMVER_PRE[match["pre"]], match["pre_n"]]
    if match["dev"] is not None:
        parts += ["dev", match["dev"]]
    return match["release"] + ("-" + ".".join(parts) if parts else "")


def normalise(name: str) -> str:
    """Return a distribution name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_toml(path: Path) -> dict[str, Any]:
    """Return the parsed TOML file."""
    document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return document


def package_files(root: Path) -> list[Path]:
    """Return the `pyproject.toml` of every package, sorted by path."""
    return sorted(root.glob("packages/*/pyproject.toml"))


def requirement_lists(project: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield every list of requirements of a `[project]` table with the key it stands under."""
    yield "dependencies", project.get("dependencies", [])
    for extra, requirements in project.get("optional-dependencies", {}).items():
        yield f"optional-dependencies.{extra}", requirements


def check_package(root: Path, path: Path, version: str, siblings: set[str]) -> Iterator[Problem]:
    """Yield what is wrong with one package's own version, sibling pins and workspace sources."""
    where = path.relative_to(root)
    document = read_toml(path)
    project = document["project"]
    if project.get("version") != version:
        yield Problem(where, f"version is {project.get('version')!r}, VERSION says {version!r}")
    sources = document.get("tool", {}).get("uv", {}).get("sources", {})
    for key, requirements in requirement_lists(project):
        for requirement in requirements:
            match = REQUIREMENT.match(requirement)
            if match is None or normalise(match["name"]) not in siblings:
                continue
            name = normalise(match["name"])
            if match["spec"].split(";")[0].strip() != f"=={version}":
                yield Problem(
                    where, f"{key}: {requirement!r} must pin the sibling with =={version}"
                )
            if sources.get(name) != {"workspace": True}:
                yield Problem(
                    where,
                    f"{key}: {name} needs '{name} = {{ workspace = true }}' in tool.uv.sources",
                )


def repeated(root: Path) -> Iterator[tuple[Path, re.Pattern[str]]]:
    """Yield files that repeat the version in plain text, with the pattern that finds it there."""
    for path in package_files(root):
        module = normalise(path.parent.name).replace("-", "_")
        yield path.parent / "src" / module / "__init__.py", MODULE_VERSION
    yield root / "QUICKSTART.md", QUICKSTART_PIN


def check_repeated(root: Path, version: str) -> Iterator[Problem]:
    """Yield files whose plain text names another version, or none."""
    for path, pattern in repeated(root):
        found = pattern.findall(path.read_text(encoding="utf-8"))
        if not found or set(found) != {version}:
            named = ", ".join(found) or "no version"
            yield Problem(path.relative_to(root), f"names {named}, VERSION says {version!r}")


def check_cargo(root: Path, version: str) -> Iterator[Problem]:
    """Yield what is wrong with the Cargo workspace: its version, its members and the lock file."""
    wanted = semver(version)
    manifest = read_toml(root / "Cargo.toml")
    found = manifest["workspace"]["package"]["version"]
    if found != wanted:
        yield Problem(Path("Cargo.toml"), f"version is {found!r}, should be {wanted!r}")
    members = set()
    for pattern in manifest["workspace"]["members"]:
        for path in sorted(root.glob(f"{pattern}/Cargo.toml")):
            package = read_toml(path)["package"]
            members.add(package["name"])
            if package.get("version") != {"workspace": True}:
                yield Problem(path.relative_to(root), "needs 'version.workspace = true'")
    for package in read_toml(root / "Cargo.lock")["package"]:
        if package["name"] in members and package["version"] != wanted:
            yield Problem(
                Path("Cargo.lock"), f"{package['name']} is {package['version']}, should be {wanted}"
            )


def check(root: Path) -> list[Problem]:
    """Return every place under `root` that disagrees with its `VERSION` file."""
    version = (root / "VERSION").read_text(encoding="utf-8").strip()
    paths = package_files(root)
    if not paths:
        raise VersionsError(f"no packages/*/pyproject.toml under {root}")
    siblings = {normalise(read_toml(path)["project"]["name"]) for path in paths}
    problems = [*check_cargo(root, version), *check_repeated(root, version)]
    for path in paths:
        problems += check_package(root, path, version, siblings)
    return problems


def replace_once(pattern: re.Pattern[str], replacement: str, path: Path) -> None:
    """Replace the first match in a file; a file without a match is an error, not a no-op."""
    text, count = pattern.subn(replacement, path.read_text(encoding="utf-8"), count=1)
    if count != 1:
        raise VersionsError(f"{path} has no version to replace")
    path.write_text(text, encoding="utf-8")


def set_version(root: Path, version: str) -> None:
    """Write `version` to every place under `root` that carries it."""
    cargo = semver(version)
    paths = package_files(root)
    names = {normalise(read_toml(path)["project"]["name"]) for path in paths}
    pin = re.compile(r'"(' + "|".join(sorted(map(re.escape, names))) + r')(\[[^\]]*\])?==[^";]*')
    (root / "VERSION").write_text(version + "\n", encoding="utf-8")
    for path in paths:
        replace_once(PYPROJECT_VERSION, f'version = "{version}"', path)
        text = pin.sub(rf'"\g<1>\g<2>=={version}', path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    for path, pattern in repeated(root):
        marked = path.read_text(encoding="utf-8")
        path.write_text(
            pattern.sub(lambda m: m[0].replace(m[1], version), marked), encoding="utf-8"
        )
    replace_once(CARGO_VERSION, rf'\g<1>"{cargo}"', root / "Cargo.toml")
    set_cargo_lock(root, cargo)


def set_cargo_lock(root: Path, version: str) -> None:
    """Write `version` to the workspace's own entries of `Cargo.lock`.

    Done here and not by Cargo so that a bump never updates a third-party crate on the way.
    """
    lock = root / "Cargo.lock"
    members = {package["name"] for package in read_toml(lock)["package"] if "source" not in package}
    entry = re.compile(
        r'(?m)(^name = "(?:' + "|".join(sorted(map(re.escape, members))) + r')"\nversion = )"[^"]*"'
    )
    lock.write_text(
        entry.sub(rf'\g<1>"{version}"', lock.read_text(encoding="utf-8")), encoding="utf-8"
    )


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Keep the workspace's one version in step.")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="fail when a place disagrees")
    action.add_argument("--set", metavar="VERSION", help="write this version everywhere")
    options = parser.parse_args(argv)
    try:
        if options.set:
            set_version(ROOT, options.set)
        problems = check(ROOT)
    except VersionsError as error:
        sys.stderr.write(f"versions: {error}\n")
        return 2
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if problems:
        sys.stderr.write(
            "Correct the places above, or run: python tools/versions.py --set VERSION\n"
        )
        return 1
    sys.stdout.write(f"versions: {len(package_files(ROOT))} packages agree\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
