"""What background work has as ``self``: the view, with assignments that wait for a turn."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from typing import Any

# In a class that only looks like a view.
NO_VIEW = "_djust_is_shadow"
_RECORD = "_djust_shadow"
_SNAPSHOT_INTERVAL_S = 0.05
_CONTAINERS = (list, dict, set)


class Shadow:
    """What one body of background work assigned and changed.

    Reading an attribute gives the view's value of now; a list, dict or set is copied the first
    time, so that changing it in place does not reach a render that runs meanwhile.

    Attributes:
        view: The view.
        assigned: Called, by the body's thread, after each assignment.
    """

    __slots__ = ("_before", "_fresh", "_lock", "_own", "_snapshot_at", "assigned", "view")

    def __init__(self, view: Any) -> None:
        self.view = view
        self.assigned: Callable[[], None] = _nothing
        self._lock = threading.Lock()
        self._own: dict[str, Any] = {}
        self._before: dict[str, Any] = {}
        self._fresh: dict[str, Any] = {}
        self._snapshot_at = 0.0

    @staticmethod
    def view_of(owner: Any) -> Any:
        """Return the view behind a shadow; any other object is returned as it is."""
        record = getattr(owner, _RECORD, None)
        return record.view if isinstance(record, Shadow) else owner

    def read(self, name: str) -> Any:
        """Return an attribute as the body sees it.

        Raises:
            KeyError: Neither the body nor the view has set it.
        """
        if name in self._own:
            return self._own[name]
        value = vars(self.view)[name]
        if type(value) in _CONTAINERS:
            self._before[name] = value = copied(value)
            self._own[name] = value = copied(value)
        return value

    def write(self, name: str, value: Any) -> None:
        """Keep an assignment until the next turn."""
        self._own[name] = value
        with self._lock:
            self._fresh[name] = copied(value)
        now = time.monotonic()
        if now - self._snapshot_at >= _SNAPSHOT_INTERVAL_S:
            # Here the body is between two statements, so its containers are whole.
            self._snapshot_at = now
            self._collect_changed()
        self.assigned()

    def take(self) -> dict[str, Any]:
        """Return and forget what is to be shown."""
        with self._lock:
            fresh, self._fresh = self._fresh, {}
        return fresh

    def take_rest(self) -> dict[str, Any]:
        """Return all that is left when the body is over."""
        self._collect_changed()
        return self.take()

    def _collect_changed(self) -> None:
        for name, before in list(self._before.items()):
            now = self._own.get(name)
            if now != before:
                self._before[name] = copied(now)
                with self._lock:
                    self._fresh[name] = copied(now)


def shadow_of(view: Any) -> tuple[Any, Shadow]:
    """Return an object that stands for ``view`` in background work, and its record."""
    record = Shadow(view)
    cls: Any = type(view)
    shadow: Any = object.__new__(_shadow_class(cls))
    object.__setattr__(shadow, _RECORD, record)
    return shadow, record


def copied(value: Any) -> Any:
    """Return ``value`` with lists, dicts and sets in it copied, and everything else shared."""
    kind = type(value)
    if kind is list:
        return [copied(item) for item in value]
    if kind is dict:
        return {key: copied(item) for key, item in value.items()}
    if kind is set:
        return set(value)
    return value


@functools.lru_cache(maxsize=256)
def _shadow_class(cls: type) -> type:
    members = {
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        NO_VIEW: True,
        "__getattribute__": _getattribute,
        "__setattr__": _setattr,
        "__delattr__": _delattr,
    }
    made: type = type(cls)(cls.__name__, (cls,), members)
    return made


def _getattribute(self: Any, name: str) -> Any:
    if name == _RECORD or (name.startswith("__") and name.endswith("__")):
        return object.__getattribute__(self, name)
    record: Shadow = object.__getattribute__(self, _RECORD)
    try:
        return record.read(name)
    except KeyError:
        # Methods and properties of the class, bound to the shadow.
        return object.__getattribute__(self, name)


def _setattr(self: Any, name: str, value: Any) -> None:
    descriptor = getattr(type(self), name, None)
    if hasattr(type(descriptor), "__set__"):
        object.__setattr__(self, name, value)
        return
    record: Shadow = object.__getattribute__(self, _RECORD)
    record.write(name, value)


def _delattr(self: Any, name: str) -> None:
    raise AttributeError(f"Background work cannot delete {name!r}; assign None instead.")


def _nothing() -> None:
    """Stands in until the work is scheduled."""
