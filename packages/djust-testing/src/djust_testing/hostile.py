"""What a stranger may send to a page, and how it shows when a page lets it through."""

from __future__ import annotations

import datetime
import enum
import types
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from bs4 import BeautifulSoup, Tag
from djust_live.events import Handler, Parameter

MARK = "djust-echo"
# They break out of text, of attributes with and without quotes, of comments and of elements whose
# content is no HTML, and pose as an address.
TEXTS = (
    f"<{MARK}>",
    f"'\"--></script></style></textarea></title><{MARK}>",
    f"x {MARK}=1 ",
    f"javascript:'{MARK}'",
    "'; DROP TABLE x; --",
    "../../etc/passwd",
    "\x00\u202e\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "x" * 10_000,
    "",
    "0",
)
VALUES: tuple[Any, ...] = (*TEXTS, None, True, -1, 2**63, 1.5, [], {}, {"__class__": "x"})
# Addresses are shorter than that in practice.
ADDRESS_TEXTS = tuple(text for text in TEXTS if len(text) < 1_000)
# What one handler that takes any name is tried with, at most.
_MAX_EXTRAS = 8
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "xlink:href", "data"})
_DATA_SCRIPTS = ("json", "template", "x-")
_SIMPLE: dict[Any, Any] = {
    str: "text",
    int: 1,
    float: 1.5,
    bool: True,
    Decimal: "1",
    UUID: "00000000-0000-0000-0000-000000000000",
    datetime.date: "2020-02-29",
    datetime.datetime: "2020-02-29T12:00:00",
    datetime.time: "12:00:00",
    dict: {},
    list: [],
}


def echo(html: str) -> str:
    """Return where a page shows hostile text as something else than text; empty: nowhere."""
    if MARK not in html:
        return ""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.find_all(True):
        place = _echo_in(element)
        if place:
            return place
    return ""


def _echo_in(element: Tag) -> str:
    if element.name == MARK:
        return "as HTML"
    if element.name == "script" and MARK in element.get_text():
        kind = str(element.get("type") or "")
        return "" if any(one in kind for one in _DATA_SCRIPTS) else "inside of a script"
    for name, given in element.attrs.items():
        value = str(given).strip().lower()
        if name == MARK:
            return "as an attribute"
        if name in _ADDRESSES and value.startswith("javascript:") and MARK in value:
            return "as an address that runs code"
        if MARK in value and (name.startswith("on") or (name == "srcdoc" and f"<{MARK}" in value)):
            return f"inside of {name}, which is code"
    return ""


def usual(handler: Handler) -> dict[str, Any]:
    """Return parameters with which a handler may be called by an honest visitor."""
    hints = _hints(handler)
    return {
        parameter.name: sample(hints.get(parameter.name, str), parameter)
        for parameter in handler.parameters
        if parameter.required
    }


def attempts(handler: Handler) -> Iterator[dict[str, Any]]:
    """Yield parameters that a stranger may send: hostile values for all at once, and for each."""
    hints = _hints(handler)
    honest = usual(handler)
    names = [parameter.name for parameter in handler.parameters]
    extras = ["value", *_texts_of(handler.function)] if handler.accepts_extra else []
    extras = list(dict.fromkeys(extras))[:_MAX_EXTRAS]
    for value in VALUES if names or extras else ():
        every = {name: _fitted(hints.get(name), value) for name in names}
        yield every | dict.fromkeys(extras, value)
        for name in names if len(names) + len(extras) > 1 else ():
            yield {**honest, name: every[name]}
        if extras and names:
            yield honest | dict.fromkeys(extras, value)
    if not names and not extras:
        yield {}


def names_read_by(function: Any) -> list[str]:
    """Return the texts in a function that could be the names of what it reads from a mapping."""
    return _texts_of(function)[:_MAX_EXTRAS]


def sample(annotation: Any, parameter: Parameter | None = None) -> Any:
    """Return a value that fits a type, as JSON has it; for a model the key of its first row."""
    if parameter is not None and parameter.source is not None:
        source = parameter.source
        rows = source.all() if hasattr(source, "all") else None
        first = None if rows is None else rows.first()
        return 1 if first is None else first.pk
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return sample(next((one for one in inner if one is not type(None)), str))
    if origin is Literal:
        return inner[0]
    if origin in (list, set, frozenset, tuple):
        return [sample(inner[0])] if inner else []
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return next(iter(annotation)).value
    if isinstance(annotation, type) and is_dataclass(annotation):
        hints = typing.get_type_hints(annotation)
        return {one.name: sample(hints[one.name]) for one in fields(annotation)}
    return "text"


def _fitted(annotation: Any, value: Any) -> Any:
    """Return a hostile text in the shape that a type needs, so that it is not refused for that."""
    if not isinstance(value, str):
        return value
    if get_origin(annotation) in (list, set, frozenset, tuple) or annotation in (list, set, tuple):
        return [value]
    if isinstance(annotation, type) and is_dataclass(annotation):
        hints = typing.get_type_hints(annotation)
        shaped = sample(annotation)
        return shaped | {name: value for name, hint in hints.items() if hint is str}
    return value


def _hints(handler: Handler) -> dict[str, Any]:
    try:
        return typing.get_type_hints(handler.function)
    except (NameError, TypeError):
        return {}  # names that exist for type checkers only


def _texts_of(function: Any) -> list[str]:
    code = getattr(function, "__code__", None)
    consts = () if code is None else code.co_consts
    return [one for one in consts if isinstance(one, str) and one.isidentifier()]
