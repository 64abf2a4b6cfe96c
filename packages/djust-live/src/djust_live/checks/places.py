"""Where a check found something."""

from __future__ import annotations

from dataclasses import dataclass


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
