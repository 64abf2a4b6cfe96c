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

    def _read(self, view: Any) -> Value:
        values = [getattr(view, name) for name in self._dependencies]
        runtime = view._djust
        if runtime is None:  # not mounted: nowhere to keep anything
            return self._function(view)
        known = runtime.computed.get(self._name)
        if known is not None and known[0] == values:
            return known[1]  # type: ignore[no-any-return]
        value = self._function(view)
        runtime.computed[self._name] = (copied(values), value)
        return value


@overload
def computed(dependency: Callable[[Any], Value], /) -> Value: ...
@overload
def computed(*dependencies: str) -> Callable[[Callable[[Any], Value]], Any]: ...
def computed(*dependencies: Any) -> Any:
    """Make a property of a method that is worked out again only when a dependency changed.

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
