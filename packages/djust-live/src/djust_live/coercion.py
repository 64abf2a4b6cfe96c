"""Values from the browser to the types that a handler's signature names."""

from __future__ import annotations

import datetime as dt
import enum
import math
import re
import types
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

import msgspec
from django.db.models import Model
from django.utils.dateparse import parse_date, parse_datetime, parse_time

Converter = Callable[[Any], Any]

_INTEGER = re.compile(r"[+-]?[0-9]{1,4000}\Z")
_TRUE = frozenset({"true", "on", "yes", "1"})
_FALSE = frozenset({"false", "off", "no", "0", ""})


class ConversionError(ValueError):
    """A value does not fit; the text says what was expected."""


def converter_for(annotation: Any) -> Converter | None:
    """Return a function from JSON values to ``annotation``; None when anything is welcome.

    Strings from form controls are understood: ``"3"`` is an int, ``"on"`` a bool, an empty string
    is None where None is allowed, and one value is a list of one.
    """
    if annotation is Any or annotation is object:
        return None
    simple = _SIMPLE.get(annotation)
    if simple is not None:
        return simple
    origin = get_origin(annotation)
    if origin is Union or origin is types.UnionType:
        return _union(get_args(annotation))
    if origin in (list, set, frozenset) or (origin is tuple and get_args(annotation)[1:] == (...,)):
        return _collection(origin, get_args(annotation)[0])
    if annotation in (list, set, frozenset, tuple):
        return _collection(annotation, Any)
    if origin is Literal:
        return _choice({str(value): value for value in get_args(annotation)})
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return _choice({str(member.value): member for member in annotation})
    return _structure(annotation)


def describe(annotation: Any) -> str:
    """Return how an error names a type."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation.__name__
    return str(annotation).replace("typing.", "")


def is_model(annotation: Any) -> bool:
    """Return whether values are instances of a Django model."""
    return isinstance(annotation, type) and issubclass(annotation, Model)


def _to_str(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    raise ConversionError


def _to_int(value: Any) -> int:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _INTEGER.match(value.strip()):
        return int(value)
    raise ConversionError


def _to_float(value: Any) -> float:
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            number = float(value)
        except (ValueError, OverflowError) as error:
            raise ConversionError from error
        if math.isfinite(number):
            return number
    raise ConversionError


def _to_bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        text = value.strip().lower()
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
    raise ConversionError


def _to_decimal(value: Any) -> Decimal:
    try:
        number = Decimal(str(value).strip())  # what is no number reads like none
    except InvalidOperation as error:
        raise ConversionError from error
    if number.is_finite():
        return number
    raise ConversionError


def _to_uuid(value: Any) -> UUID:
    if isinstance(value, str):
        try:
            return UUID(value)
        except ValueError as error:
            raise ConversionError from error
    raise ConversionError


def _to_bytes(value: Any) -> bytes:
    raise ConversionError


def _parsed(parse: Callable[[str], Any]) -> Converter:
    def convert(value: Any) -> Any:
        if not isinstance(value, str):
            raise ConversionError
        try:
            parsed = parse(value.strip())
        except ValueError as error:
            raise ConversionError from error
        if parsed is None:
            raise ConversionError
        return parsed

    return convert


def _to_dict(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise ConversionError


def _union(members: tuple[Any, ...]) -> Converter | None:
    nullable = type(None) in members
    kinds = [member for member in members if member is not type(None)]
    converters = [converter_for(kind) for kind in kinds]
    keeps_empty = str in kinds or None in converters

    def convert(value: Any) -> Any:
        if nullable and (value is None or (value == "" and not keeps_empty)):
            return None
        # What already has one of the types is not turned into another one.
        if type(value) in kinds:
            return value
        for converter in converters:
            try:
                return value if converter is None else converter(value)
            except ConversionError:
                continue
        raise ConversionError

    return convert


def _collection(kind: Any, item: Any) -> Converter:
    converter = converter_for(item)

    def convert(value: Any) -> Any:
        if isinstance(value, dict) or value is None:
            raise ConversionError
        items = value if isinstance(value, list) else [value]
        return kind(items if converter is None else map(converter, items))

    return convert


def _choice(choices: dict[str, Any]) -> Converter:
    def convert(value: Any) -> Any:
        try:
            return choices[str(value)]
        except KeyError as error:
            raise ConversionError from error

    return convert


def _structure(annotation: Any) -> Converter:
    def convert(value: Any) -> Any:
        try:
            return msgspec.convert(value, annotation, strict=False)
        except (msgspec.ValidationError, TypeError) as error:
            raise ConversionError(str(error)) from error

    return convert


_SIMPLE: dict[Any, Converter] = {
    str: _to_str,
    int: _to_int,
    float: _to_float,
    bool: _to_bool,
    bytes: _to_bytes,
    dict: _to_dict,
    Decimal: _to_decimal,
    UUID: _to_uuid,
    dt.date: _parsed(parse_date),
    dt.datetime: _parsed(parse_datetime),
    dt.time: _parsed(parse_time),
}
