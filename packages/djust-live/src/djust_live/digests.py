"""What a value is, as a few bytes: equal for values that nobody could tell apart."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import hashlib
import uuid
from typing import Any

import msgspec
from django.db.models import Model
from django.utils.safestring import SafeString

_BYTES = 16
_MAX_DEPTH = 64
_PLAIN = frozenset({type(None), bool, int, float, str, bytes})
_NAMED = frozenset(
    {
        complex,
        datetime.date,
        datetime.datetime,
        datetime.time,
        datetime.timedelta,
        decimal.Decimal,
        range,
        SafeString,
        uuid.UUID,
    }
)
_LISTS = {list: "l", tuple: "t"}
_SETS = {set: "s", frozenset: "f"}

_encode = msgspec.msgpack.Encoder().encode


class Opaque(ValueError):
    """A value is more than data, so nobody can tell whether it changed."""


class Digester:
    """Turns values into digests that also tell which objects are one and the same.

    Two values of one digester that share a list have other digests than two that hold equal lists.
    A model instance is its fields, not its primary key.
    """

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._met: set[int] = set()

    def digest(self, value: Any) -> tuple[bytes, set[int]]:
        """Return the digest of a value, and the ids of what can be changed in place in it.

        Raises:
            Opaque: The value, or something in it, is no data.
        """
        self._met = set()
        try:
            encoded = _encode(self._form(value, 0))
        except (OverflowError, UnicodeEncodeError) as error:
            raise Opaque(str(error)) from error
        return hashlib.blake2b(encoded, digest_size=_BYTES).digest(), self._met

    def _form(self, value: Any, depth: int) -> Any:
        """Return plain values for ``value``; everything that is not plain starts with a tag."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        if depth > _MAX_DEPTH:
            raise Opaque("A value holds itself or is very deep.")
        if kind in _NAMED:
            return [kind.__name__, repr(value)]
        if kind is tuple or kind is frozenset:
            return self._content(value, kind, depth + 1)
        if isinstance(value, enum.Enum):
            return ["e", _name(kind), value.name]
        place = self._places.get(id(value))
        self._met.add(id(value))
        if place is not None:
            return ["same", place]
        self._places[id(value)] = len(self._places)
        return self._content(value, kind, depth + 1)

    def _content(self, value: Any, kind: type, depth: int) -> list[Any]:
        if kind in _LISTS:
            return [_LISTS[kind], *[self._form(item, depth) for item in value]]
        if kind is dict:
            pairs = [(self._form(k, depth), self._form(v, depth)) for k, v in value.items()]
            return ["d", *pairs]
        if kind in _SETS:
            return [_SETS[kind], *sorted(_encode(self._form(item, depth)) for item in value)]
        if isinstance(value, Model):
            state = value._state
            fields = {**vars(value), "_state": [state.db, state.adding, state.fields_cache]}
            return ["m", _name(kind), self._form_of(fields, depth)]
        if dataclasses.is_dataclass(kind):
            names = [field.name for field in dataclasses.fields(kind)]
            return ["c", _name(kind), self._form_of({n: getattr(value, n) for n in names}, depth)]
        raise Opaque(f"A {kind.__qualname__} is no data.")

    def _form_of(self, fields: dict[str, Any], depth: int) -> list[Any]:
        return [(name, self._form(value, depth)) for name, value in fields.items()]


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
