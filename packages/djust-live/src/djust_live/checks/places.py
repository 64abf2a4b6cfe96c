"""Where a check found something."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_INSTALLED = frozenset({"site-packages", "dist-packages"})


@dataclass(frozen=True)
class Place:
    """A line of a file, or of a template that a view carries in itself.

    Attributes:
        name: The path of the file, or what stands for it.
        line: Counted from 1.
        is_file: Whether ``name`` is a path.
    """

    name: str
    line: int
    is_file: bool = True

    def __str__(self) -> str:
        return f"{self.name}:{self.line}"


def is_installed(file: str | Path) -> bool:
    """Return whether a file belongs to an installed package, which the project does not write."""
    return bool(_INSTALLED.intersection(Path(file).parts))


def place_of(obj: Any) -> Place | None:
    """Return where the object of a message is written; None when that is unknown."""
    if isinstance(obj, Place):
        return obj if obj.is_file else None
    if not (inspect.isclass(obj) or inspect.isfunction(obj)):
        return None
    try:
        file = inspect.getsourcefile(obj)
        line = inspect.getsourcelines(obj)[1]
    except (OSError, TypeError):
        return None
    return Place(file, max(line, 1)) if file else None
