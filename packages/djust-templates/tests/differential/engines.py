"""Both engines with the same options, and what one render of a template amounts to."""

from __future__ import annotations

import dataclasses
import functools
import random
import re
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from django.template.backends.django import DjangoTemplates
from django.template.context import Context
from django.utils import timezone, translation
from djust_templates import DjustTemplates

from differential.values import Builder, Recipe

TEMPLATES = {
    "base.html": "<html>{% block one %}one {{ a }}{% block two %}two{% endblock %}{% endblock %}"
    "{% for item in b %}{% block three %}{{ item }}{% endblock %}{% endfor %}</html>",
    "middle.html": "{% extends 'base.html' %}{% block one %}[{{ block.super }}]{% endblock %}"
    "{% block two %}{% with a='inner' %}{{ a }}{% include 'part.html' %}{% endwith %}{% endblock %}",
    "part.html": "part {{ a }} {{ item|default:'no item' }}{{ forloop.counter }}",
    "loop.html": "{% for key in c %}{{ forloop.counter }}{{ key }}{{ item }}{% cycle 1 2 %}{% endfor %}",
    "inclusion.html": "<box>{{ boxed }}{{ a }}</box>",
}  # fmt: skip
LIBRARIES = {"differential_tags": "differential.differential_tags"}


@dataclasses.dataclass(frozen=True)
class Options:
    """What one render depends on beside template and context."""

    string_if_invalid: str = ""
    autoescape: bool = True
    debug: bool = False
    language: str = "en"
    zone: str = "UTC"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The text or the error, the accesses in their order, and the names left in the context.

    Attributes:
        text: What was rendered.
        error: Class and message of what was raised.
        place: Where Django's debug page would say the error is, with ``debug``.
        log: Every access to a value that watches itself.
        names: The names in the context afterwards; after an error they do not count.
        values: The values, kept so that those of the next run lie at other addresses.
    """

    text: str | None
    error: str | None
    place: Any
    log: tuple[str, ...]
    names: tuple[str, ...]
    values: Any = dataclasses.field(compare=False, repr=False, default=None)


@functools.cache
def backend(kind: type[DjangoTemplates], options: Options) -> Any:
    """Return a backend with these options."""
    loaders = [
        ("django.template.loaders.cached.Loader", [("django.template.loaders.locmem.Loader", TEMPLATES)])
    ]  # fmt: skip
    return kind(
        {
            "NAME": "differential",
            "DIRS": [],
            "APP_DIRS": False,
            "OPTIONS": {
                "loaders": loaders,
                "libraries": LIBRARIES,
                "string_if_invalid": options.string_if_invalid,
                "autoescape": options.autoescape,
                "debug": options.debug,
            },
        }
    )


def run(
    kind: type[DjangoTemplates], source: str, recipes: Mapping[str, Recipe], options: Options
) -> Outcome:
    """Compile and render ``source`` with values made anew from their recipes."""
    cache.clear()
    random.seed(0)
    builder = Builder()
    engine = backend(kind, dataclasses.replace(options, language="", zone=""))
    values = {name: builder.build(recipe) for name, recipe in recipes.items()}
    values["base"] = "base.html"
    context = Context(values, autoescape=options.autoescape)
    text = error = place = None
    with translation.override(options.language), timezone.override(options.zone):
        try:
            template = engine.from_string(source)
            if kind is DjangoTemplates:
                text = str(template.template.render(context))
            else:
                text = str(template.render(context))
        except Exception as caught:  # noqa: BLE001 - the error is what is compared
            error = f"{type(caught).__module__}.{type(caught).__qualname__}: {caught}"
            place = _place(caught) if options.debug else None
    return Outcome(
        text=text and _steady(text),
        error=error and _steady(error),
        place=place,
        log=tuple(builder.log),
        names=() if error else tuple(sorted(map(str, context.flatten()))),
        values=values,
    )


def _place(error: Exception) -> Any:
    """Return where Django's debug page says the error is."""
    found = getattr(error, "template_debug", None)
    if found is None:
        return None
    names = ("line", "during", "before", "after", "message", "total", "top", "bottom", "name")
    return {name: _steady(str(found.get(name))) for name in names}


def _steady(text: str) -> str:
    """Return the text without what differs between two equal objects.

    A failed look-up prints the whole context as it is when the message is read, after the error
    has left every tag. How many levels ``push`` and ``update`` have left there is no promise.
    """
    text = re.sub(
        r"(Failed lookup for key \[[^]]*\] in )\[\{.*", r"\1context", text, flags=re.DOTALL
    )
    return re.sub(r"0x[0-9a-f]{6,}", "0x", text, flags=re.IGNORECASE)


def outcomes(
    source: str, recipes: Mapping[str, Recipe], options: Options
) -> tuple[Outcome, Outcome]:
    """Return what Django's engine and djust's make of the same template and context.

    Where Django's own text changes from one run to the next, as with the address of a generator
    that a filter has taken apart, there is nothing to compare: both are Django's then.
    """
    expected = run(DjangoTemplates, source, recipes, options)
    actual = run(DjustTemplates, source, recipes, options)
    if actual != expected and run(DjangoTemplates, source, recipes, options) != expected:
        return expected, expected
    return expected, actual
