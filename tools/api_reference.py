"""Write `docs/reference/api.md` from what the packages export.

The docstrings are the only place where a name is explained; this page is a copy to read and to
link to. A test compares the two.

Usage:
    python -m tools.api_reference
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.workspace import ROOT, Package, packages

PAGE = ROOT / "docs" / "reference" / "api.md"
META = "djust"
INTRODUCTION = """\
# API

What each package exports. Names not listed here may change at any time, but for
`djust_live.extensions`, the contract for authors of extensions. The names of djust-live can be
imported from `djust` too, and those of the others from `djust.presence`, `djust.streaming`,
`djust.uploads` and `djust.testing`.

This page is written from the docstrings by `nox -s reference`.
"""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.ClassDef | Function


@dataclass(frozen=True, slots=True)
class Defined:
    """A class or function and the module that it stands in."""

    node: Definition
    tree: ast.Module


@dataclass(frozen=True, slots=True)
class Export:
    """A public name, as its source describes it."""

    name: str
    signature: str
    summary: str
    methods: tuple[tuple[str, str], ...]

    def markdown(self) -> str:
        """Return the entry of the page."""
        text = f"### {self.name}\n\n`{self.signature}`\n\n{self.summary}\n"
        if self.methods:
            rows = "\n".join(f"| `{name}` | {summary} |" for name, summary in self.methods)
            text += f"\n| | |\n| --- | --- |\n{rows}\n"
        return text


def exports(package: Package) -> Iterator[Export]:
    """Yield what a package lists in `__all__`, in that order, but for plain values."""
    top = package.path / "src" / package.module / "__init__.py"
    tree = ast.parse(top.read_text(encoding="utf-8"))
    homes = {
        alias.asname or alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package.module)
        for alias in node.names
    }
    listed = _listed(tree)
    for name in listed:
        if name in homes:
            found = _defined(package, str(homes[name]), name)
            if found is not None:
                yield _export(found, _parts(package, found, listed))


def page() -> str:
    """Return the page as it should be."""
    parts = [INTRODUCTION]
    for package in packages().values():
        if package.name != META:
            entries = [export.markdown() for export in exports(package)]
            parts += [f"## {package.name}\n", *entries] if entries else []
    return "\n".join(parts)


def _listed(tree: ast.Module) -> list[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return [str(name) for name in ast.literal_eval(node.value)]
    return []


def _defined(package: Package, module: str, name: str) -> Defined | None:
    """Return the class or function; a stub beside a native module counts, overloads do not."""
    base = package.path / "src" / Path(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py", base.with_suffix(".pyi")):
        if not path.exists():
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = [node for node in tree.body if isinstance(node, Definition) and node.name == name]
        if found:
            return Defined(found[-1], tree)
        home = _home(tree, name)
        if home is not None:
            return _defined(package, home, name)
    return None


def _home(tree: ast.Module, name: str) -> str | None:
    """Return the module that a name is imported from."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and name in {one.name for one in node.names}:
            return str(node.module)
    return None


def _parts(package: Package, found: Defined, listed: list[str]) -> list[ast.ClassDef]:
    """Return the bases of a class that have no entry of their own, with theirs."""
    parts: list[ast.ClassDef] = []
    for base in found.node.bases if isinstance(found.node, ast.ClassDef) else ():
        name = ast.unparse(base)
        home = None if name in listed else _home(found.tree, name)
        if home is None or not home.startswith(package.module):
            continue
        part = _defined(package, home, name)
        if part is not None and isinstance(part.node, ast.ClassDef):
            parts += [part.node, *_parts(package, part, listed)]
    return parts


def _export(found: Defined, parts: list[ast.ClassDef]) -> Export:
    node = found.node
    if not isinstance(node, ast.ClassDef):
        signature = f"{node.name}({ast.unparse(node.args)})"
        return Export(node.name, signature, _summary(node), ())
    members = _functions(node)
    init = members.get("__init__")
    given = "" if init is None else ast.unparse(_without_self(init.args))
    hidden = {part.name for part in parts}
    bases = ", ".join(name for base in node.bases if (name := ast.unparse(base)) not in hidden)
    heading = f"class {node.name}({given or bases})" if given or bases else f"class {node.name}"
    for part in parts:
        members = {**members, **{k: v for k, v in _functions(part).items() if k not in members}}
    public = {name: one for name, one in members.items() if not name.startswith("_")}
    return Export(node.name, heading, _summary(node), tuple(_methods(public)))


def _functions(node: ast.ClassDef) -> dict[str, Function]:
    """Return the methods of a class that do something, by name."""
    return {
        one.name: one
        for one in node.body
        if isinstance(one, Function)
        and ast.unparse(one.body[-1]) not in ("raise NotImplementedError", "...")
    }


def _methods(
    members: dict[str, ast.FunctionDef | ast.AsyncFunctionDef],
) -> Iterator[tuple[str, str]]:
    for name, node in members.items():
        summary = _summary(node)
        if summary:
            marks = {ast.unparse(mark) for mark in node.decorator_list}
            called = f"({_shown(_without_self(node.args))})"
            yield name + ("" if "property" in marks else called), summary.replace("|", "\\|")


def _shown(arguments: ast.arguments) -> str:
    """Return parameters without their types, which tables have no room for."""
    for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        one.annotation = None
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None:
            rest.annotation = None
    return ast.unparse(arguments).replace("|", "\\|")


def _without_self(arguments: ast.arguments) -> ast.arguments:
    for names in (arguments.posonlyargs, arguments.args):
        names[:] = [one for one in names if one.arg not in ("self", "cls")]
    return arguments


def _summary(node: ast.AST) -> str:
    """Return the first paragraph of a docstring, with Markdown in place of reStructuredText."""
    text = ast.get_docstring(node) or ""  # type: ignore[arg-type]
    first = " ".join(text.partition("\n\n")[0].split())
    return re.sub(r":\w+:`~?([^`]+)`", r"`\1`", first).replace("``", "`")


def main() -> int:
    """Write the page; return the exit status."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
