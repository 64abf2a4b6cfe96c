"""Live view classes by label, and what is worked out once for each class."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from djust_live.events import Handler
from djust_live.extensions import Extension, overridden
from djust_live.protocol import encode_json

_LABEL_BYTES = 6
# Attributes of the framework that templates may use all the same.
_SHOWN = frozenset({"page_title", "connected"})
# Set by View.setup on each instance.
_SET_BY_DJANGO = frozenset({"request", "args", "kwargs", "head"})


@dataclass(frozen=True)
class ViewClass:
    """What the engine knows about one view class.

    Attributes:
        label: Goes into tokens and checkpoints; compared, never imported.
        extensions: With the hooks that each really has.
        handlers: What the browser may call.
        reserved: Public names that are the framework's and not data.
        properties: Names of the properties of the class.
        defaults: Public class attributes that are data.
    """

    cls: type
    label: bytes
    extensions: tuple[tuple[type[Extension], frozenset[str]], ...]
    handlers: Mapping[str, Handler]
    reserved: frozenset[str]
    properties: tuple[str, ...]
    defaults: Mapping[str, Any]

    @cached_property
    def policies(self) -> dict[str, Any]:
        """What the client must know about handlers, by name; only those with something to say."""
        return policies_of(self.handlers)

    @cached_property
    def rules(self) -> SafeString:
        """Both as attributes of the element that the view is nested in."""
        return rules_of(self.handlers)

    @cached_property
    def optimistic(self) -> dict[str, str]:
        """What the client shows at once when it calls a handler, by name."""
        return optimistic_of(self.handlers)


_classes: dict[bytes, ViewClass] = {}


def policies_of(handlers: Mapping[str, Handler]) -> dict[str, Any]:
    """Return what the client must know about handlers, by name."""
    named = ((name, handler.marks.client_policy()) for name, handler in handlers.items())
    return {name: policy for name, policy in named if policy}


def optimistic_of(handlers: Mapping[str, Handler]) -> dict[str, str]:
    """Return what the client shows at once when it calls a handler, by name."""
    rules = ((name, handler.marks.optimistic) for name, handler in handlers.items())
    return {name: rule for name, rule in rules if rule}


def rules_of(handlers: Mapping[str, Handler]) -> SafeString:
    """Return the attributes that tell the client what decorators of the handlers say.

    They stand in the page, so that they come and go with what they are about.
    """
    marks = SafeString("")
    rules = {"dj-policies": policies_of(handlers), "dj-optimistic-rules": optimistic_of(handlers)}
    for attribute, value in rules.items():
        if value:
            marks += format_html(' {}="{}"', attribute, encode_json(value).decode())
    return marks


def label_of(cls: type) -> bytes:
    """Return the label of a view class: the same in every process that runs the same code."""
    return hashlib.sha256(f"{cls.__module__}.{cls.__qualname__}".encode()).digest()[:_LABEL_BYTES]


def register(
    cls: type,
    extensions: tuple[type[Extension], ...],
    handlers: Mapping[str, Handler],
    framework: type,
) -> ViewClass:
    """Remember a view class and return what is known about it."""
    reserved = frozenset(dir(framework)) - _SHOWN | _SET_BY_DJANGO
    properties, defaults = data_of(cls, reserved)
    view_class = ViewClass(
        cls=cls,
        label=label_of(cls),
        extensions=tuple((extension, overridden(extension)) for extension in extensions),
        handlers=handlers,
        reserved=reserved,
        properties=properties,
        defaults=defaults,
    )
    _classes[view_class.label] = view_class
    return view_class


def registered() -> tuple[ViewClass, ...]:
    """Return all view classes that were defined in this process."""
    return tuple(_classes.values())


def data_of(cls: type, reserved: frozenset[str]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return the names of the properties of a class, and its public attributes that are data."""
    properties, defaults = [], {}
    for name in dir(cls):
        if name.startswith("_") or name in reserved:
            continue
        value = inspect.getattr_static(cls, name)
        if isinstance(value, property) or hasattr(type(value), "__get__"):
            if not isinstance(value, _CALLABLE_KINDS):
                properties.append(name)
        elif not callable(value) and not inspect.isclass(value):
            defaults[name] = value
    return tuple(properties), defaults


_CALLABLE_KINDS: tuple[type[Callable[..., Any]] | type, ...] = (
    type(lambda: None),
    staticmethod,
    classmethod,
    type(len),
)
