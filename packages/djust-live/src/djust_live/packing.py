"""Python values as MessagePack and back, without losing their types and without running code.

MessagePack has fewer types than Python. What it has travels as it is; everything else becomes an
extension type, whose content is MessagePack again. Classes are never looked up by a name in the
data: :class:`Unpacker` is given those that may appear.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import pathlib
import types
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import msgspec
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from djust_live.errors import StateError

_MAX_DEPTH = 64
# Travel as they are; checked with a set operation, which is what keeps large lists cheap.
_PLAIN = frozenset({type(None), bool, int, float, str, bytes})
_PLAIN_KEYS = frozenset({str, bytes, int})
FACTORIES: dict[str, Any] = {
    "": None,
    "list": list,
    "dict": dict,
    "set": set,
    "int": int,
    "str": str,
    "float": float,
    "bool": bool,
}
_FACTORY_NAMES = {factory: name for name, factory in FACTORIES.items()}

_encode = msgspec.msgpack.Encoder().encode


class CannotTravel(StateError):
    """A value has no form as data."""


class Code(enum.IntEnum):
    """Extension types; a number never changes its meaning."""

    BIG_INT = 1
    TUPLE = 2
    SET = 3
    FROZENSET = 4
    DEQUE = 5
    DICT = 6  # with keys of one of MessagePack's own types
    DEFAULTDICT = 7
    ORDERED_DICT = 8
    COUNTER = 9
    DATETIME = 10
    DATE = 11
    TIME = 12
    TIMEDELTA = 13
    DECIMAL = 14
    UUID = 15
    COMPLEX = 16
    RANGE = 17
    BYTEARRAY = 18
    ZONE = 19
    SAFE_STRING = 20
    SURROGATES = 21
    ENUM = 22
    DATACLASS = 23
    NAMED_TUPLE = 24
    STRUCT = 25
    REGISTERED = 26
    NAMESPACE = 27
    PATH = 28
    MULTI_VALUE_DICT = 29
    SHARED = 30
    FOREIGN = 31
    LIST = 32
    PAIRS = 33  # a dict with other keys
    FLAG = 34


@dataclasses.dataclass(frozen=True)
class Portable:
    """How values of a class travel.

    Attributes:
        dump: Returns values that travel.
        load: Takes what ``dump`` returned.
    """

    dump: Callable[[Any], Any]
    load: Callable[[Any], Any]


class Foreign(Protocol):
    """Takes values that need more than the value itself, such as rows of a database."""

    def begin(self) -> None:
        """Forget what was packed; a second pass starts."""
        ...

    def pack(self, value: Any, packer: Packer) -> Any:
        """Return data for ``value``, or :data:`NotImplemented` when it is none of its own."""
        ...


class Packed(msgspec.Struct, array_like=True, frozen=True):
    """A value as data.

    Attributes:
        root: The value.
        shared: Containers that occur more than once, or inside of themselves.
    """

    root: bytes
    shared: list[tuple[int, bytes]]


class Packer:
    """Turns values into what msgspec encodes.

    Args:
        classes: Classes whose objects may travel, by the name they have in the data.
        registered: How objects of further classes travel, with that name.
        foreign: Asked for values that nothing else knows.
    """

    def __init__(
        self,
        classes: Mapping[str, type],
        registered: Mapping[type, tuple[str, Portable]],
        foreign: Foreign,
    ) -> None:
        self._names = {cls: name for name, cls in classes.items()}
        self._registered = registered
        self._foreign = foreign
        self._depth = 0
        # The first pass meets each container; what it met twice the second pass puts aside.
        self._is_first = True
        self._met: set[int] = set()
        self._repeated: set[int] = set()
        self._places: dict[int, int] = {}
        self._shared: list[tuple[int, bytes]] = []
        # Objects made on the way must live on, or their ids would come back.
        self._alive: list[Any] = []

    def dumps(self, values: Mapping[str, Any]) -> tuple[Packed, dict[str, CannotTravel]]:
        """Return the values that travel as data, and the names of the others with the reason."""
        refused: dict[str, CannotTravel] = {}
        packed = self._pack_each(values, refused)
        if not self._repeated:
            try:
                return Packed(_encode(packed), []), refused
            except (OverflowError, UnicodeEncodeError):
                pass  # an integer of more than 64 bits or a lone surrogate: not looked for at first
        self._is_first = False
        self._foreign.begin()
        root = _encode(self._pack_each(values, refused))
        return Packed(root, self._shared), refused

    def _pack_each(
        self, values: Mapping[str, Any], refused: dict[str, CannotTravel]
    ) -> dict[str, Any]:
        packed = {}
        for name, value in values.items():
            if name not in refused:
                try:
                    packed[name] = self.pack(value)
                except CannotTravel as error:
                    refused[name] = error
        return packed

    def pack(self, value: Any) -> Any:
        """Return ``value`` in a form that msgspec encodes without losing anything.

        Raises:
            CannotTravel: There is none.
        """
        kind = type(value)
        if kind in _PLAIN:
            return value if self._is_first else self._plain(value)
        pack = _PACKERS.get(kind)
        if pack is None:
            pack = self._packer_of(kind)
        if self._depth >= _MAX_DEPTH:
            raise CannotTravel(f"it is nested more than {_MAX_DEPTH} levels deep")
        self._depth += 1
        try:
            return pack(self, value)
        except (OverflowError, UnicodeEncodeError):
            # Inside an extension value; the second pass looks at each leaf.
            if not self._is_first:
                raise
            self._repeated.add(0)
            return None
        finally:
            self._depth -= 1

    def ext(self, code: Code, content: Any) -> msgspec.msgpack.Ext:
        """Return an extension value around packed ``content``."""
        return msgspec.msgpack.Ext(int(code), _encode(content))

    def _plain(self, value: Any) -> Any:
        if type(value) is int and not -(2**63) <= value < 2**64:
            size = (value.bit_length() + 8) // 8
            return self.ext(Code.BIG_INT, value.to_bytes(size, "big", signed=True))
        if type(value) is str and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                return self.ext(Code.SURROGATES, value.encode("utf-8", "surrogatepass"))
        return value

    def _packer_of(self, kind: type) -> Callable[[Packer, Any], Any]:
        if kind in self._registered:
            return Packer._pack_registered
        for base, pack in _PACKERS_OF_SUBCLASSES:
            if issubclass(kind, base):
                return pack
        if dataclasses.is_dataclass(kind):
            return Packer._pack_dataclass
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            return Packer._pack_named_tuple
        return Packer._pack_foreign

    def container(self, code: Code, value: Any, content: Callable[[], Any]) -> Any:
        """Pack a mutable object: when it occurs twice it does so after a restore too.

        Args:
            code: Its extension type.
            value: The object.
            content: Returns its packed content.
        """
        key = id(value)
        if self._is_first:
            if key in self._met:
                self._repeated.add(key)
                return None
            self._met.add(key)
        elif key in self._repeated:
            return self.ext(Code.SHARED, self._place_of(key, code, content))
        packed = content()
        return packed if code in _NATIVE else self.ext(code, packed)

    def _place_of(self, key: int, code: Code, content: Callable[[], Any]) -> int:
        place = self._places.get(key)
        if place is not None:
            if code in _WITHOUT_SHELL and not self._shared[place][1]:
                raise CannotTravel("an object of a class without a shell contains itself")
            return place
        place = self._places[key] = len(self._shared)
        self._shared.append((code, b""))
        try:
            self._shared[place] = (code, _encode(content()))
        except CannotTravel:
            del self._places[key]
            raise
        return place

    def items(self, values: Iterable[Any]) -> list[Any]:
        """Return the packed items of an iterable."""
        return [self.pack(value) for value in values]

    def pairs(self, value: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
        """Return the packed keys and values of a mapping."""
        return [(self.pack(key), self.pack(item)) for key, item in value.items()]

    def name_of(self, cls: type) -> str:
        """Return the name of a class that may travel.

        Raises:
            CannotTravel: Nothing that belongs to the view names the class.
        """
        name = self._names.get(cls)
        if name is None:
            raise CannotTravel(
                f"the class {cls.__qualname__} is not one that the view's module names; "
                "mark it with @portable"
            )
        return name

    # One method for each kind of value

    def _pack_list(self, value: list[Any]) -> Any:
        if self._is_first and _PLAIN.issuperset(map(type, value)):
            return self.container(Code.LIST, value, lambda: value)
        return self.container(Code.LIST, value, lambda: self.items(value))

    def _pack_dict(self, value: dict[Any, Any]) -> Any:
        if not _PLAIN_KEYS.issuperset(map(type, value)):
            return self.container(Code.PAIRS, value, lambda: self.pairs(value))
        if self._is_first:
            if _PLAIN.issuperset(map(type, value.values())):
                return self.container(Code.DICT, value, lambda: value)
        elif not all(self._plain(key) is key for key in value):
            return self.container(Code.PAIRS, value, lambda: self.pairs(value))
        pack = self.pack
        return self.container(
            Code.DICT, value, lambda: {key: pack(item) for key, item in value.items()}
        )

    def _pack_tuple(self, value: tuple[Any, ...]) -> Any:
        return self.ext(Code.TUPLE, self.items(value))

    def _pack_set(self, value: set[Any]) -> Any:
        return self.container(Code.SET, value, lambda: self.items(value))

    def _pack_frozenset(self, value: frozenset[Any]) -> Any:
        return self.ext(Code.FROZENSET, self.items(value))

    def _pack_deque(self, value: deque[Any]) -> Any:
        return self.container(Code.DEQUE, value, lambda: [value.maxlen, self.items(value)])

    def _pack_defaultdict(self, value: defaultdict[Any, Any]) -> Any:
        name = _FACTORY_NAMES.get(value.default_factory)
        if name is None:
            raise CannotTravel("the factory of a defaultdict is not a builtin type")
        return self.container(Code.DEFAULTDICT, value, lambda: [name, self.pairs(value)])

    def _pack_ordered_dict(self, value: OrderedDict[Any, Any]) -> Any:
        return self.container(Code.ORDERED_DICT, value, lambda: self.pairs(value))

    def _pack_counter(self, value: Counter[Any]) -> Any:
        return self.container(Code.COUNTER, value, lambda: self.pairs(value))

    def _pack_multi_value_dict(self, value: MultiValueDict[Any, Any]) -> Any:
        return self.container(Code.MULTI_VALUE_DICT, value, lambda: self.pairs(dict(value.lists())))

    def _pack_namespace(self, value: types.SimpleNamespace) -> Any:
        return self.container(Code.NAMESPACE, value, lambda: self.pairs(vars(value)))

    def _pack_bytearray(self, value: bytearray) -> Any:
        return self.container(Code.BYTEARRAY, value, lambda: bytes(value))

    def _pack_datetime(self, value: datetime.datetime) -> Any:
        naive = value.replace(tzinfo=None)
        return self.ext(Code.DATETIME, [naive.isoformat(), value.fold, self._zone(value.tzinfo)])

    def _pack_date(self, value: datetime.date) -> Any:
        return self.ext(Code.DATE, value.isoformat())

    def _pack_time(self, value: datetime.time) -> Any:
        naive = value.replace(tzinfo=None)
        return self.ext(Code.TIME, [naive.isoformat(), value.fold, self._zone(value.tzinfo)])

    def _pack_timedelta(self, value: datetime.timedelta) -> Any:
        return self.ext(Code.TIMEDELTA, [value.days, value.seconds, value.microseconds])

    def _pack_zone(self, value: datetime.tzinfo) -> Any:
        return self.ext(Code.ZONE, self._zone(value))

    def _zone(self, zone: datetime.tzinfo | None) -> Any:
        if zone is None:
            return None
        if isinstance(zone, zoneinfo.ZoneInfo) and zone.key is not None:
            return zone.key
        if type(zone) is datetime.timezone:
            offset = zone.utcoffset(None)
            return [offset.days, offset.seconds, offset.microseconds, zone.tzname(None)]
        raise CannotTravel(f"a time zone of the kind {type(zone).__name__}")

    def _pack_decimal(self, value: decimal.Decimal) -> Any:
        return self.ext(Code.DECIMAL, str(value))

    def _pack_uuid(self, value: uuid.UUID) -> Any:
        return self.ext(Code.UUID, value.bytes)

    def _pack_complex(self, value: complex) -> Any:
        return self.ext(Code.COMPLEX, [value.real, value.imag])

    def _pack_range(self, value: range) -> Any:
        return self.ext(Code.RANGE, self.items((value.start, value.stop, value.step)))

    def _pack_safe_string(self, value: SafeString) -> Any:
        return self.ext(Code.SAFE_STRING, self.pack(str.__str__(value)))

    def _pack_lazy(self, value: Any) -> Any:
        """A lazy text travels as it reads in the language of the page."""
        return self.pack(value._proxy____cast())

    def _pack_path(self, value: pathlib.PurePath) -> Any:
        return self.ext(Code.PATH, [isinstance(value, pathlib.Path), self.pack(str(value))])

    def _pack_enum(self, value: enum.Enum) -> Any:
        if isinstance(value, enum.Flag):  # a combination of members has no name of its own
            return self.ext(Code.FLAG, [self.name_of(type(value)), self.pack(value.value)])
        return self.ext(Code.ENUM, [self.name_of(type(value)), value.name])

    def _pack_dataclass(self, value: Any) -> Any:
        name = self.name_of(type(value))
        present = [f.name for f in dataclasses.fields(value) if hasattr(value, f.name)]
        return self.container(
            Code.DATACLASS,
            value,
            lambda: [name, {field: self.pack(getattr(value, field)) for field in present}],
        )

    def _pack_struct(self, value: msgspec.Struct) -> Any:
        name = self.name_of(type(value))
        fields = value.__struct_fields__
        return self.container(
            Code.STRUCT,
            value,
            lambda: [name, {field: self.pack(getattr(value, field)) for field in fields}],
        )

    def _pack_named_tuple(self, value: Any) -> Any:
        return self.ext(Code.NAMED_TUPLE, [self.name_of(type(value)), self.items(value)])

    def _pack_registered(self, value: Any) -> Any:
        name, portable = self._registered[type(value)]

        def content() -> Any:
            dumped = portable.dump(value)
            self._alive.append(dumped)
            return [name, self.pack(dumped)]

        return self.container(Code.REGISTERED, value, content)

    def _pack_foreign(self, value: Any) -> Any:
        data = self._foreign.pack(value, self)
        if data is NotImplemented:
            raise CannotTravel(f"{_article(type(value))} has no form as data")
        return self.ext(Code.FOREIGN, data)


def _article(kind: type) -> str:
    name = kind.__qualname__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


_NATIVE = frozenset({Code.LIST, Code.DICT})
# They exist only once their content does, so they cannot be part of a cycle.
_WITHOUT_SHELL = frozenset({Code.STRUCT, Code.REGISTERED, Code.BYTEARRAY})
_PACKERS: dict[type, Callable[[Packer, Any], Any]] = {
    list: Packer._pack_list,
    dict: Packer._pack_dict,
    tuple: Packer._pack_tuple,
    set: Packer._pack_set,
    frozenset: Packer._pack_frozenset,
    deque: Packer._pack_deque,
    defaultdict: Packer._pack_defaultdict,
    OrderedDict: Packer._pack_ordered_dict,
    Counter: Packer._pack_counter,
    MultiValueDict: Packer._pack_multi_value_dict,
    types.SimpleNamespace: Packer._pack_namespace,
    bytearray: Packer._pack_bytearray,
    datetime.datetime: Packer._pack_datetime,
    datetime.date: Packer._pack_date,
    datetime.time: Packer._pack_time,
    datetime.timedelta: Packer._pack_timedelta,
    datetime.timezone: Packer._pack_zone,
    decimal.Decimal: Packer._pack_decimal,
    uuid.UUID: Packer._pack_uuid,
    complex: Packer._pack_complex,
    range: Packer._pack_range,
    SafeString: Packer._pack_safe_string,
}
_PACKERS_OF_SUBCLASSES: tuple[tuple[type, Callable[[Packer, Any], Any]], ...] = (
    (enum.Enum, Packer._pack_enum),
    (msgspec.Struct, Packer._pack_struct),
    (Promise, Packer._pack_lazy),
    (zoneinfo.ZoneInfo, Packer._pack_zone),
    (pathlib.PurePath, Packer._pack_path),
)
