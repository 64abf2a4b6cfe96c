"""Write `docs/reference/errors.md` from the error classes of the packages.

The classes are the only place where a code, its meaning and its hint are written; this page is a
copy to read and to link to. A test compares the two.

Usage:
    python -m tools.error_reference
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.workspace import ROOT, Package, packages

PAGE = ROOT / "docs" / "reference" / "errors.md"
CODE = re.compile(r"DJ[A-Z]\d{3}")
ATTRIBUTION = {
    "app": "the application: correct the view, the template or the settings",
    "client": "the browser's side: what it sent does not fit",
    "network": "the connection: try again",
    "internal": "djust: please report it",
}
INTRODUCTION = """\
# Errors

Every error has a code that never changes, so it can be searched for, and logs stay comparable
between versions. The browser is told the code, and the text only in `DEBUG`.

This page is written from the error classes by `nox -s reference`.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One error class, as its source describes it."""

    code: str
    name: str
    meaning: str
    attribution: str | None
    hint: str | None

    def markdown(self) -> str:
        """Return the entry of the page."""
        parts = [f"### {self.code}", f"`{self.name}`: {self.meaning}"]
        if self.attribution:
            parts.append(f"**Where it comes from:** {ATTRIBUTION[self.attribution]}.")
        if self.hint:
            parts.append(f"**What to do:** {self.hint}")
        return "\n\n".join(parts) + "\n"


def constants(owner: ast.ClassDef) -> dict[str, str]:
    """Return the text attributes that a class body assigns."""
    found = {}
    for statement in owner.body:
        if isinstance(statement, ast.Assign):
            target, value = statement.targets[0], statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            target, value = statement.target, statement.value
        else:
            continue
        if isinstance(target, ast.Name):
            try:
                literal = ast.literal_eval(value)
            except ValueError:
                continue
            if isinstance(literal, str):
                found[target.id] = literal
    return found


def classes(package: Package) -> Iterator[ast.ClassDef]:
    """Yield the classes of all modules of a package, in a stable order."""
    for path in sorted((package.path / "src").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def entries(package: Package) -> list[Entry]:
    """Return the errors of a package, sorted by code.

    What a class does not say itself it takes from the base that is defined in the same package.
    """
    known: dict[str, dict[str, str]] = {}
    found = []
    for owner in classes(package):
        values: dict[str, str] = {}
        for base in owner.bases:
            values |= known.get(getattr(base, "id", ""), {})
        own = constants(owner)
        values |= own
        known[owner.name] = values
        if CODE.fullmatch(own.get("code", "")):
            docstring = inspect.cleandoc(ast.get_docstring(owner) or "")
            meaning = " ".join(docstring.partition("\n\n")[0].split()).replace("``", "`")
            found.append(
                Entry(
                    own["code"], owner.name, meaning, values.get("attribution"), values.get("hint")
                )
            )
    return sorted(found, key=lambda entry: entry.code)


def page() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    for package in packages().values():
        if listed := entries(package):
            parts.append(f"## {package.name}\n")
            parts += [entry.markdown() for entry in listed]
    return "\n".join(parts)


def write(path: Path) -> None:
    """Write the page."""
    path.write_text(page(), encoding="utf-8")


def main() -> int:
    """Write the page; return the exit status."""
    write(PAGE)
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
