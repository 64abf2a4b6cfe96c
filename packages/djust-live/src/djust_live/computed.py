"""Properties that are worked out again only when what they depend on changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

from djust_live.shadow import copied

Value = TypeVar("Value")


class Computed(property, Generic[Value]):
    """A read-only property with a memory.

    Dependencies are compared by value, lists, dicts and sets in them item by item: a list that was
    changed in place counts as changed.
    """

    def __init__(self, function: Callable[[Any], Value], dependencies: tuple[str, ...]) -> None:
        super().__init__(self._read)
        self.__doc__ = function.__doc__
        self._function = function
        self._dependencies = dependencies
        self._name = function.__name__

    def _read(self, owner: Any) -> Value:
        values = [getattr(owner, name) for name in self._dependencies]
        memory = _memory_of(owner)
        known = memory.get(self._name)
        if known is not None and known[0] == values:
            return known[1]  # type: ignore[no-any-return]
        value = self._function(owner)
        memory[self._name] = (copied(values), value)
        return value


def _memory_of(owner: Any) -> dict[str, tuple[list[Any], Any]]:
    """Return where values of a view or a component are kept; before its mount a view has none."""
    found: dict[str, tuple[list[Any], Any]]
    if hasattr(owner, "_djust"):
        found = {} if owner._djust is None else owner._djust.computed
    else:
        found = owner._computed
    return found


@overload
def computed(dependency: Callable[[Any], Value], /) -> Value: ...
@overload
def computed(*dependencies: str) -> Callable[[Callable[[Any], Value]], Any]: ...
def computed(*dependencies: Any) -> Any:
    """Make a property of a method that is worked out again only when a dependency changed.

    For views and components.

    Args:
        *dependencies: Names of attributes. Without any, the property is worked out each time.

    Example:
        >>> class Cart(LiveView):
        ...     @computed("items")
        ...     def total(self):
        ...         return sum(item["price"] for item in self.items)
    """
    if len(dependencies) == 1 and callable(dependencies[0]):
        return property(dependencies[0])

    def decorate(function: Callable[[Any], Value]) -> Any:
        return Computed(function, dependencies)

    return decorate
