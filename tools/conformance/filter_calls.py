"""Replay every call that Django's filter tests make to a filter function as ``{{ v|f:a }}``.

Django tests most filters by calling the function. Here each such call also renders a template, in
the same place (settings, language, time zone), with Django's engine and with the one under test.
"""

from __future__ import annotations

import copy
import functools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.template import defaultfilters
from django.template.backends.django import DjangoTemplates
from django.utils.module_loading import import_string

from tools.conformance.swap import usage


def record(backend_path: str) -> None:
    """Wrap the built-in filter functions so that each call is replayed.

    Args:
        backend_path: The ``TEMPLATES`` backend under test.
    """
    replay = Replay(import_string(backend_path))
    names = {function: name for name, function in defaultfilters.register.filters.items()}
    for attribute, function in list(vars(defaultfilters).items()):
        try:
            name = names.get(function)
        except TypeError:  # an unhashable module attribute is no filter
            continue
        if name is not None:
            setattr(defaultfilters, attribute, replay.wrap(name, function))


@dataclass(frozen=True, slots=True)
class Kept:
    """The items of a generator, which can be walked only once."""

    items: list[Any]


def keep(value: Any) -> Any:
    """Return ``value`` with generators replaced by what they yield, at any depth of lists."""
    if isinstance(value, Iterator):
        return Kept([keep(item) for item in value])
    if type(value) in {list, tuple}:
        return type(value)(keep(item) for item in value)
    return value


def fresh(value: Any) -> Any:
    """Return a copy of a kept value, with new generators."""
    if isinstance(value, Kept):
        return (fresh(item) for item in value.items)
    if type(value) in {list, tuple}:
        return type(value)(fresh(item) for item in value)
    try:
        return copy.deepcopy(value)
    except TypeError:  # made so that it cannot be walked, hence not copied either
        return value


class Replay:
    """Renders one filter call with both engines and notes differences."""

    def __init__(self, backend: type[DjangoTemplates]) -> None:
        self._backend = backend
        self._active = False
        self._engines: dict[tuple[int, bool], Any] = {}

    def _engine(self, backend: type[DjangoTemplates], autoescape: bool) -> Any:
        key = (id(backend), autoescape)
        if key not in self._engines:
            options = {"autoescape": autoescape}
            params = {"NAME": "replay", "DIRS": [], "APP_DIRS": False, "OPTIONS": options}
            self._engines[key] = backend(params)
        return self._engines[key]

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``function`` with every call replayed as the filter ``name``."""

        @functools.wraps(function)
        def replayed(*args: Any, **kwargs: Any) -> Any:
            if self._active:
                return function(*args, **kwargs)
            args = tuple(keep(arg) for arg in args)
            self._active = True
            try:
                self.compare(name, args, kwargs)
            finally:
                self._active = False
            # The test compares identity, so the function gets the objects themselves.
            originals = (fresh(arg) if isinstance(arg, Kept) else arg for arg in args)
            return function(*originals, **kwargs)

        return replayed

    def compare(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Render one call with both engines, with automatic escaping and without."""
        context = {"v": args[0] if args else kwargs["value"]}
        source = f"{{{{ v|{name} }}}}"
        rest = [*args[1:], *(v for k, v in kwargs.items() if k not in {"value", "autoescape"})]
        if rest:
            context["a"] = rest[0]
            source = f"{{{{ v|{name}:a }}}}"
        for autoescape in (True, False):
            usage.calls += 1
            expected = self._render(DjangoTemplates, autoescape, source, context)
            actual = self._render(self._backend, autoescape, source, context)
            if expected != actual:
                usage.differences.append(
                    f"{source} with {context!r:.500}, autoescape={autoescape}\n"
                    f"  Django: {expected}\n  djust:  {actual}"
                )

    def _render(
        self, backend: type[DjangoTemplates], autoescape: bool, source: str, context: dict[str, Any]
    ) -> str:
        random.seed(0)
        values = {name: fresh(value) for name, value in context.items()}
        try:
            template = self._engine(backend, autoescape).from_string(source)
            return repr(str(template.render(values)))
        except Exception as error:  # noqa: BLE001 - the exception is the result to compare
            return f"raises {type(error).__module__}.{type(error).__qualname__}: {error}"
