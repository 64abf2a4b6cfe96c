"""Write `docs/reference/settings.md` from the `Config` classes of the packages.

The classes are the only place where a key, its meaning and its default are written; this page is a
copy to read and to link to. A test compares the two.

Usage:
    python -m tools.setting_reference
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.workspace import ROOT, packages

PAGE = ROOT / "docs" / "reference" / "settings.md"
ENTRY = re.compile(r"(?m)^    (?P<key>[A-Z_]+): (?P<meaning>.*(?:\n        .*)*)")
HEAD = """\

## {name}

| key | default | meaning |
| --- | --- | --- |
"""
INTRODUCTION = """\
# Settings

All settings are keys of one dict, `DJUST = {…}`, and optional. They are read when they are used, so
`override_settings` works. A key that djust does not know is reported by a system check.

This page is written from the `config.py` of the packages by `nox -s reference`.
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """One key."""

    key: str
    default: str
    meaning: str


def sources() -> dict[str, Path]:
    """Return the files with settings, by the name of their package, djust-live's first."""
    found = {
        package.name: path
        for package in packages().values()
        for path in package.path.glob("src/*/config.py")
    }
    return dict(sorted(found.items(), key=lambda item: (item[0] != "djust-live", item[0])))


def settings(source: Path) -> list[Setting]:
    """Return the keys of one package in the order of its class.

    Raises:
        ValueError: A key has no line in the docstring of the class.
    """
    tree = ast.parse(source.read_text(encoding="utf-8"))
    (owner,) = (n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == "Config")
    docstring = inspect.cleandoc(ast.get_docstring(owner, clean=False) or "")
    meanings = {m["key"]: " ".join(m["meaning"].split()) for m in ENTRY.finditer(docstring)}
    found = []
    for statement in owner.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            key = statement.target.id
            if key not in meanings:
                raise ValueError(f"{key} has no entry under Attributes in the docstring of Config")
            meaning = meanings[key].replace("``", "`")
            found.append(Setting(key, default_of(statement.value), meaning))
    return found


def default_of(value: ast.expr | None) -> str:
    """Return a default as it would be written in a settings file."""
    if value is None:
        return ""
    if isinstance(value, ast.Call):
        named = {k.arg: k.value for k in value.keywords}
        if "default" in named:  # one_of
            return default_of(named["default"])
        if "default_factory" not in named:  # at_least
            return default_of(value.args[1])
        factory = named["default_factory"]
        return {"tuple": "()", "list": "[]", "dict": "{}"}[ast.unparse(factory)]
    try:
        return repr(ast.literal_eval(value)).replace("'", '"')
    except ValueError:
        return ast.unparse(value)


def page() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    for name, source in sources().items():
        parts.append(HEAD.format(name=name))
        parts += [f"| `{s.key}` | `{s.default}` | {s.meaning} |\n" for s in settings(source)]
    return "".join(parts)


def main() -> int:
    """Write the page; return the exit status."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
