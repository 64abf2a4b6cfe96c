"""Properties that are worked out once for an event and once for a render, and forgotten between."""

from __future__ import annotations

import functools
import inspect
from functools import cached_property
from typing import Any, TypeVar

__all__ = ["fleeting", "forget"]

Value = TypeVar("Value")


class fleeting(cached_property[Value]):
    """A cached property of a view or a component, for what may depend on anything.

    The engine forgets it before each event and before each render, so it is never older than
    these. It may stand in a mixin; the place of that among the base classes does not matter.

    Example:
        >>> class Search:
        ...     @fleeting
        ...     def found(self):
        ...         return list(Book.objects.filter(title__contains=self.words))
    """


def forget(owner: Any) -> None:
    """Work the fleeting properties of a view or a component out anew when they are needed next."""
    cls: Any = type(owner)
    for name in _names_in(cls):
        vars(owner).pop(name, None)


@functools.lru_cache(maxsize=4096)
def _names_in(cls: type) -> tuple[str, ...]:
    return tuple(
        name for name in dir(cls) if isinstance(inspect.getattr_static(cls, name), fleeting)
    )
