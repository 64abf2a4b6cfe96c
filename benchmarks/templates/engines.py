"""The engines side by side: each turns named sources into a function that renders."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import BaseRenderer, EngineMixin
from django.template.backends.django import DjangoTemplates
from djust_templates import DjustTemplates

Render = Callable[[dict[str, Any]], str]


class DjustForms(EngineMixin, BaseRenderer):
    """A form renderer whose widget templates djust compiles."""

    backend = DjustTemplates


def django_language(backend: type[DjangoTemplates], sources: Mapping[str, str]) -> Render:
    """Return the render of ``page.html`` by a backend for Django's language."""
    loaders = [
        (
            "django.template.loaders.cached.Loader",
            [("django.template.loaders.locmem.Loader", dict(sources))],
        )
    ]
    params = {"NAME": "x", "DIRS": [], "APP_DIRS": False, "OPTIONS": {"loaders": loaders}}
    render = backend(params).get_template("page.html").render
    return render  # type: ignore[no-any-return]


def jinja(sources: Mapping[str, str]) -> Render:
    """Return the render of ``page.html`` by Jinja2."""
    jinja2 = importlib.import_module("jinja2")
    loader = jinja2.DictLoader(dict(sources))
    environment = jinja2.Environment(loader=loader, autoescape=True, auto_reload=False)
    render: Render = environment.get_template("page.html").render
    return render


def minijinja(sources: Mapping[str, str]) -> Render:
    """Return the render of ``page.html`` by minijinja."""
    environment = importlib.import_module("minijinja").Environment(templates=dict(sources))

    def render(context: dict[str, Any]) -> str:
        text: str = environment.render_template("page.html", **context)
        return text

    return render


def mako(sources: Mapping[str, str]) -> Render:
    """Return the render of ``page.html`` by Mako."""
    lookup = importlib.import_module("mako.lookup").TemplateLookup(
        default_filters=["h"], filesystem_checks=False
    )
    for name, source in sources.items():
        lookup.put_string(name, source)
    template = lookup.get_template("page.html")

    def render(context: dict[str, Any]) -> str:
        text: str = template.render(**context)
        return text

    return render
