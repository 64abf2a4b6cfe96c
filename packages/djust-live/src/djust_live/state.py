"""The attributes of a view as data, so that they outlive the process.

What travels: ``None``, numbers, text, bytes, dates and times, decimals, UUIDs, enums, containers of
the standard library, dataclasses, named tuples and msgspec structs that the view's module names,
classes marked with :func:`portable`, model instances and simple querysets. What does not is named
in the log once for each view class, and made again by ``restore()`` or, without that, by ``mount``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import functools
import inspect
import logging
import sys
import types
import typing
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar, overload

import msgspec

from djust_live.background_work import AsyncResult
from djust_live.errors import BackgroundFailed, DefinitionError
from djust_live.packing import Packed, Packer, Portable
from djust_live.rows import Row, RowPacker, RowUnpacker, without_gone
from djust_live.unpacking import Unpacker

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

__all__ = ["StateDump", "dump", "load", "portable"]

logger = logging.getLogger(__name__)

Class = TypeVar("Class", bound=type)

# Set by Django and by the engine for each object anew.
_NEVER = frozenset({"_djust", "args", "head", "kwargs", "request"})

# Descriptors of a class that are no data; an attribute of the same name hides them.
_CALLED = (types.FunctionType, classmethod, staticmethod)

_registered: dict[type, tuple[str, Portable]] = {}
_loaders: dict[str, Portable] = {}
_marked: dict[str, type] = {}
_named: set[tuple[type, str]] = set()


class StateDump(msgspec.Struct, array_like=True, frozen=True):
    """The attributes of one view.

    Attributes:
        attributes: Their values.
        rows: Model instances among them.
        missing: Names of those that do not travel.
    """

    attributes: Packed
    rows: list[Row]
    missing: list[str]


@overload
def portable(cls: Class) -> Class: ...
@overload
def portable(
    *, dump: Callable[[Any], Any], load: Callable[[Any], Any]
) -> Callable[[Class], Class]: ...
def portable(
    cls: Any = None,
    *,
    dump: Callable[[Any], Any] | None = None,
    load: Callable[[Any], Any] | None = None,
) -> Any:
    """Let objects of a class travel with the state of views.

    Dataclasses, enums, named tuples and msgspec structs that the module of a view names travel
    without it. Others need ``dump``, which returns what travels, and ``load``, which takes that.

    Raises:
        DefinitionError: The class needs ``dump`` and ``load`` (``DJL501``).

    Example:
        >>> @portable(dump=lambda money: (money.amount, money.currency), load=lambda d: Money(*d))
        ... class Money: ...
    """

    def mark(cls: type) -> type:
        name = _name_of(cls)
        if dump is not None and load is not None:
            _registered[cls] = (name, Portable(dump, load))
            _loaders[name] = Portable(dump, load)
        elif is_data_class(cls):
            _marked[name] = cls
        else:
            raise DefinitionError(f"{cls.__qualname__} needs dump and load to be portable.")
        classes_known_to.cache_clear()
        return cls

    return mark if cls is None else mark(cls)


def _dump_async(value: AsyncResult) -> Any:
    error = None if value.error is None else str(value.error)
    return [value.loading, value.ok, value.failed, value.result, error]


def _load_async(data: Any) -> AsyncResult:
    """Work that ran when the state was saved ended with its process."""
    loading, ok, failed, result, text = data
    if loading:
        return AsyncResult(failed=True, result=result, error=BackgroundFailed("It was cut off."))
    error = None if text is None else BackgroundFailed(text)
    return AsyncResult(ok=ok, failed=failed, result=result, error=error)


def dump(view: LiveView) -> StateDump:
    """Return the attributes of ``view`` as data.

    Must run where the view may be changed, so that nothing else changes it meanwhile.
    """
    rows = RowPacker()
    cls: Any = type(view)
    packer = Packer(classes_known_to(cls), _registered, rows)
    packed, refused = packer.dumps(attributes_of(view))
    for name, reason in refused.items():
        _name_once(type(view), name, str(reason))
    return StateDump(packed, rows.rows, sorted(refused))


def load(view_class: type, state: StateDump) -> dict[str, Any]:
    """Return the attributes that ``state`` holds; model instances are fetched again.

    Raises:
        StateCorrupt: The state does not belong to this version of the code (``DJL603``).
    """
    rows = RowUnpacker(state.rows)
    unpacker = Unpacker(state.attributes, classes_known_to(view_class), _loaders, rows)
    attributes = unpacker.loads()
    if rows.is_incomplete:
        logger.info("%s: rows of its state were deleted meanwhile", view_class.__qualname__)
        without_gone(attributes)
    return attributes


def attributes_of(view: LiveView) -> dict[str, Any]:
    """Return the attributes of a view that are its own: neither Django's nor those of its class.

    What the URLconf gave to ``as_view`` and values of cached properties come again by themselves.
    """
    cls: Any = type(view)
    given = view._mounted().given
    return {
        name: value
        for name, value in vars(view).items()
        if name not in _NEVER
        and given.get(name, _NEVER) is not value
        and not is_computed(cls, name)
    }


def is_data_class(cls: Any) -> bool:
    """Return whether the objects of a class are their fields and nothing else."""
    return isinstance(cls, type) and (
        dataclasses.is_dataclass(cls)
        or issubclass(cls, (enum.Enum, msgspec.Struct))
        or (issubclass(cls, tuple) and hasattr(cls, "_fields"))
    )


@functools.cache
def classes_known_to(view_class: type) -> dict[str, type]:
    """Return the classes whose objects may be in the state of a view, by name.

    Those are the data classes that the modules of the view class and its bases name, also inside of
    classes such as ``Lease.Status``, the types of their fields, and marked classes. So a name in
    stored data leads only to a class that the view's own code leads to.
    """
    known = dict(_marked)
    for base in view_class.__mro__:
        module = sys.modules.get(base.__module__)
        if base.__module__.partition(".")[0] not in ("builtins", "django", "djust_live"):
            _collect(vars(module).values() if module else (), known)
        _collect([base], known)
    return known


def _collect(values: Any, known: dict[str, type]) -> None:
    for value in list(values):
        if not isinstance(value, type):
            continue
        for cls in (value, *(item for item in vars(value).values() if isinstance(item, type))):
            if is_data_class(cls) and known.get(_name_of(cls)) is not cls:
                known[_name_of(cls)] = cls
                _collect(_field_types(cls), known)


def _field_types(cls: type) -> Iterator[type]:
    hints: dict[str, Any] = {}
    with contextlib.suppress(NameError, TypeError, AttributeError):
        hints = typing.get_type_hints(cls)
    waiting = list(hints.values())
    while waiting:
        hint = waiting.pop()
        if isinstance(hint, type):
            yield hint
        waiting.extend(typing.get_args(hint))


def _name_of(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


@functools.lru_cache(maxsize=4096)
def is_computed(cls: type, name: str) -> bool:
    """Return whether a value is the memory of a cached property of the class."""
    found = inspect.getattr_static(cls, name, None)
    return hasattr(type(found), "__get__") and not isinstance(found, _CALLED)


def _name_once(cls: type, name: str, reason: str) -> None:
    if (cls, name) in _named:
        return
    _named.add((cls, name))
    logger.warning(
        "%s.%s does not travel with the state of the view: %s. "
        "Make it again in restore(), or keep data instead.",
        cls.__qualname__,
        name,
        reason,
    )


portable(dump=_dump_async, load=_load_async)(AsyncResult)
