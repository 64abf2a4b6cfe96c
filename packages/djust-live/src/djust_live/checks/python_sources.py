"""The Python files of the project: those of its own apps and of its live views."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.apps import apps

from djust_live.checks.places import Place, is_installed
from djust_live.checks.routes import routed_views
from djust_live.checks.values import Values, unaliased

_INSTALLED = frozenset({"site-packages", "dist-packages"})
_PASSED_OVER = frozenset({"migrations", "tests", "node_modules"})
_NOQA = re.compile(r"#\s*noqa:\s*([\w., ]+)")


@dataclass(frozen=True)
class PythonSource:
    """One file.

    Attributes:
        path: Where it is.
        lines: Its text.
        tree: Its syntax tree.
    """

    path: Path
    lines: list[str]
    tree: ast.Module

    def __post_init__(self) -> None:
        """Look through other names of imports: checks know what is imported."""
        unaliased(self.tree)

    @cached_property
    def values(self) -> Values:
        """What names in it stand for."""
        return Values(self.tree)

    @cached_property
    def as_written(self) -> Values:
        """The same without trust in any value, and without looking names up."""
        return Values(self.tree, is_strict=True)

    def place(self, node: ast.AST) -> Place:
        """Return where a node stands."""
        return Place(str(self.path), getattr(node, "lineno", 1))

    def is_silenced(self, node: ast.AST, number: str) -> bool:
        """Return whether the line of a node carries ``# noqa: djust.<number>``."""
        line = self.line(getattr(node, "lineno", 1))
        ids = (one.strip() for found in _NOQA.findall(line) for one in re.split(r"[, ]+", found))
        return f"djust.{number}" in ids

    def line(self, number: int) -> str:
        """Return a line, counted from 1; empty when there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


def project_sources() -> Iterator[PythonSource]:
    """Yield the files of apps that are not installed packages, and of views that URLs lead to."""
    paths: dict[Path, None] = {}
    for app in apps.get_app_configs():
        folder = Path(app.path)
        if is_of_project(folder, app.name):
            paths.update(dict.fromkeys(_files(folder)))
    for view in routed_views():
        file = getattr(sys.modules.get(view.__module__), "__file__", None)
        if file and is_of_project(Path(file), view.__module__):
            paths[Path(file)] = None
    for path in paths:
        source = read(path)
        if source is not None:
            yield source


def read(path: Path) -> PythonSource | None:
    """Return a file, or None when it cannot be read as Python."""
    try:
        text = path.read_text(encoding="utf-8")
        return PythonSource(path, text.splitlines(), ast.parse(text))
    except (OSError, SyntaxError, ValueError):
        return None


def is_of_project(path: Path, module: str) -> bool:
    """Return whether a file is the project's own: of no framework and no installed package."""
    ours = module.partition(".")[0]
    is_framework = ours in ("django", "channels") or ours == "djust" or ours.startswith("djust_")
    return not is_framework and not is_installed(path)


def texts_in_module(owner: Any) -> frozenset[str]:
    """Return the texts that the module of a class or function writes out."""
    file = getattr(sys.modules.get(getattr(owner, "__module__", "")), "__file__", None)
    return _texts_in(file) if file else frozenset()


@cache
def _texts_in(file: str) -> frozenset[str]:
    source = read(Path(file))
    if source is None:
        return frozenset()
    return frozenset(
        node.value
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        inner = path.relative_to(folder).parts
        is_test = path.name.startswith("test_") or path.name in ("tests.py", "conftest.py")
        hidden = any(part.startswith(".") for part in inner)
        if not (is_test or hidden or _PASSED_OVER.intersection(inner) or _INSTALLED & set(inner)):
            yield path
