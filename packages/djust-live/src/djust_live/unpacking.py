"""Data back to values: the other half of :mod:`djust_live.packing`."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import pathlib
import types
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

from djust_live.errors import StateCorrupt, StateError
from djust_live.packing import FACTORIES, Code, Packed, Portable


class Foreign(Protocol):
    """Takes back values that need more than the value itself, such as rows of a database."""

    def unpack(self, data: Any, unpacker: Unpacker) -> Any:
        """Return the value for ``data``."""
        ...


class Unpacker:
    """Turns data back into values.

    Args:
        packed: What :meth:`Packer.dumps` returned.
        classes: Classes whose objects may appear.
        loaders: How objects of registered classes are made, by name.
        foreign: Takes what it packed.
    """

    def __init__(
        self,
        packed: Packed,
        classes: Mapping[str, type],
        loaders: Mapping[str, Portable],
        foreign: Foreign,
    ) -> None:
        self._packed = packed
        self._classes = classes
        self._loaders = loaders
        self._foreign = foreign
        self._objects: dict[int, Any] = {}
        self._decode = msgspec.msgpack.Decoder(ext_hook=self._extension).decode

    def decode(self, data: bytes) -> Any:
        """Return the value of data that a :class:`Foreign` encoded by itself."""
        return self._decode(data)

    def loads(self) -> dict[str, Any]:
        """Return the values by name.

        Raises:
            StateCorrupt: The data is not what a packer writes, or names a class that is not here.
        """
        try:
            values = self._decode(self._packed.root)
        except StateError:
            raise
        except (
            msgspec.DecodeError,
            ArithmeticError,
            AttributeError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            raise StateCorrupt(f"State cannot be read: {type(error).__name__}: {error}") from error
        if not isinstance(values, dict):
            raise StateCorrupt("State is not a mapping.")
        return values

    def class_named(self, name: str) -> Any:
        """Return a class that may appear in this view's data.

        Raises:
            StateCorrupt: It may not.
        """
        cls = self._classes.get(name)
        if cls is None:
            raise StateCorrupt(f"State names the class {name}, which the view does not know.")
        return cls

    def _extension(self, code: int, data: memoryview) -> Any:
        if code == Code.SHARED:
            return self._resolve(self._decode(data))
        if code == Code.FOREIGN:
            return self._foreign.unpack(self._decode(data), self)
        return self._make(code, data, _ignore)

    def _resolve(self, place: int) -> Any:
        """Return a container that occurs more than once; it is made when first asked for."""
        if place in self._objects:
            return self._objects[place]
        code, data = self._packed.shared[place]

        def register(made: Any) -> None:
            self._objects[place] = made

        made = self._make(code, data, register)
        register(made)
        return made

    def _make(self, code: int, data: Any, register: Callable[[Any], None]) -> Any:
        """Make a value; one that may contain itself is registered before its content is read."""
        simple = _MAKERS.get(code)
        if simple is not None:
            return simple(self._decode(data))
        shell = _SHELLS.get(code)
        if shell is not None:
            value, fill = shell
            made = value()
            register(made)
            fill(made, self._decode(data))
            return made
        head, rest = _headed.decode(data)
        return _HEADED[code](self, head, rest, register)

    # Kinds whose content starts with what is needed to make the shell

    def _deque(self, head: Any, rest: Any, register: Callable[[Any], None]) -> Any:
        made: deque[Any] = deque(maxlen=head)
        register(made)
        made.extend(self._decode(rest))
        return made

    def _defaultdict(self, head: Any, rest: Any, register: Callable[[Any], None]) -> Any:
        made: defaultdict[Any, Any] = defaultdict(FACTORIES[head])
        register(made)
        made.update(self._decode(rest))
        return made

    def _dataclass(self, head: Any, rest: Any, register: Callable[[Any], None]) -> Any:
        cls = self.class_named(head)
        if not dataclasses.is_dataclass(cls):
            raise StateCorrupt(f"{head} is no dataclass any more.")
        blank: Callable[[Any], Any] = object.__new__
        made = blank(cls)
        register(made)
        values = self._decode(rest)
        for field in dataclasses.fields(cls):
            if field.name in values:
                object.__setattr__(made, field.name, values[field.name])
            elif field.default is not dataclasses.MISSING:
                object.__setattr__(made, field.name, field.default)
            elif field.default_factory is not dataclasses.MISSING:
                object.__setattr__(made, field.name, field.default_factory())
            else:
                raise StateCorrupt(f"State of {head} has no {field.name}.")
        return made

    def _struct(self, head: Any, rest: Any, register: Callable[[Any], None]) -> Any:
        cls = self.class_named(head)
        fields = set(cls.__struct_fields__)
        values = self._decode(rest)
        return cls(**{name: value for name, value in values.items() if name in fields})

    def _named_tuple(self, head: Any, rest: Any, register: Callable[[Any], None]) -> Any:
        return self.class_named(head)._make(self._decode(rest))

    def _enum(self, head: Any, rest: Any, register: Callable[[Any], None]) -> Any:
        return self.class_named(head)[self._decode(rest)]

    def _flag(self, head: Any, rest: Any, register: Callable[[Any], None]) -> Any:
        return self.class_named(head)(self._decode(rest))

    def _registered(self, head: Any, rest: Any, register: Callable[[Any], None]) -> Any:
        portable = self._loaders.get(head)
        if portable is None:
            raise StateCorrupt(f"State names the class {head}, which is not marked as portable.")
        return portable.load(self._decode(rest))


_headed = msgspec.msgpack.Decoder(tuple[Any, msgspec.Raw])


def _ignore(made: Any) -> None:
    """Register nothing: the value occurs once."""


def _zone(data: Any) -> datetime.tzinfo | None:
    if data is None:
        return None
    if isinstance(data, str):
        return zoneinfo.ZoneInfo(data)
    days, seconds, microseconds, name = data
    offset = datetime.timedelta(days, seconds, microseconds)
    plain = datetime.timezone(offset)
    return plain if plain.tzname(None) == name else datetime.timezone(offset, name)


def _datetime(data: Any) -> datetime.datetime:
    text, fold, zone = data
    return datetime.datetime.fromisoformat(text).replace(tzinfo=_zone(zone), fold=fold)


def _time(data: Any) -> datetime.time:
    text, fold, zone = data
    return datetime.time.fromisoformat(text).replace(tzinfo=_zone(zone), fold=fold)


_MAKERS: dict[int, Callable[[Any], Any]] = {
    Code.BIG_INT: lambda data: int.from_bytes(data, "big", signed=True),
    Code.SURROGATES: lambda data: data.decode("utf-8", "surrogatepass"),
    Code.TUPLE: tuple,
    Code.FROZENSET: frozenset,
    Code.DATETIME: _datetime,
    Code.DATE: datetime.date.fromisoformat,
    Code.TIME: _time,
    Code.TIMEDELTA: lambda data: datetime.timedelta(*data),
    Code.ZONE: _zone,
    Code.DECIMAL: decimal.Decimal,
    Code.UUID: lambda data: uuid.UUID(bytes=data),
    Code.COMPLEX: lambda data: complex(*data),
    Code.RANGE: lambda data: range(*data),
    Code.BYTEARRAY: bytearray,
    Code.SAFE_STRING: SafeString,
    Code.PATH: lambda data: (pathlib.Path if data[0] else pathlib.PurePath)(data[1]),
}
_SHELLS: dict[int, tuple[Callable[[], Any], Callable[[Any, Any], Any]]] = {
    Code.LIST: (list, list.extend),
    Code.DICT: (dict, dict.update),
    Code.PAIRS: (dict, dict.update),
    Code.SET: (set, set.update),
    Code.ORDERED_DICT: (OrderedDict, OrderedDict.update),
    Code.COUNTER: (Counter, lambda made, pairs: dict.update(made, pairs)),
    Code.MULTI_VALUE_DICT: (MultiValueDict, lambda made, pairs: dict.update(made, pairs)),
    Code.NAMESPACE: (types.SimpleNamespace, lambda made, pairs: vars(made).update(pairs)),
}
_HEADED: dict[int, Callable[[Unpacker, Any, Any, Callable[[Any], None]], Any]] = {
    Code.DEQUE: Unpacker._deque,
    Code.DEFAULTDICT: Unpacker._defaultdict,
    Code.DATACLASS: Unpacker._dataclass,
    Code.STRUCT: Unpacker._struct,
    Code.NAMED_TUPLE: Unpacker._named_tuple,
    Code.ENUM: Unpacker._enum,
    Code.FLAG: Unpacker._flag,
    Code.REGISTERED: Unpacker._registered,
}
