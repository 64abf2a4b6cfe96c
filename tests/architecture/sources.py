"""The source files of the packages, read once."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools import workspace


@dataclass(frozen=True, slots=True)
class Source:
    """One Python module of a package."""

    path: Path
    text: str
    tree: ast.Module

    def place(self, node: ast.AST) -> str:
        """Return where a node stands, as an editor can open it."""
        line = getattr(node, "lineno", 1)
        return f"{self.path.relative_to(workspace.ROOT).as_posix()}:{line}"

    def call_names(self) -> list[tuple[ast.Call, str]]:
        """Return every call with the last part of the name that is called."""
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                function = node.func
                if isinstance(function, ast.Attribute):
                    found.append((node, function.attr))
                elif isinstance(function, ast.Name):
                    found.append((node, function.id))
        return found


@cache
def python_sources() -> tuple[Source, ...]:
    """Return all Python modules that are installed with a package."""
    paths = sorted(workspace.ROOT.glob("packages/*/src/**/*.py"))
    assert paths
    texts = [(path, path.read_text(encoding="utf-8")) for path in paths]
    return tuple(Source(path, text, ast.parse(text)) for path, text in texts)


@cache
def rust_sources() -> tuple[tuple[Path, str], ...]:
    """Return path and text of all Rust files."""
    paths = [*workspace.ROOT.glob("crates/*/src/**/*.rs")]
    paths += workspace.ROOT.glob("packages/*/rust/src/**/*.rs")
    return tuple((path, path.read_text(encoding="utf-8")) for path in sorted(paths))


@cache
def browser_modules() -> tuple[tuple[Path, str], ...]:
    """Return path and text of all modules of the browser client."""
    paths = workspace.ROOT.glob("packages/*/src/*/static/*/src/**/*.js")
    return tuple((path, path.read_text(encoding="utf-8")) for path in sorted(paths))
