"""Where a check found something."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
