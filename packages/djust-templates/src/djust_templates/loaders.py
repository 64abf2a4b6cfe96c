"""Django's loaders, returning compiled templates.

A loader keeps its class and its sources. Only where Django's own code would build a plain
``Template`` does the instance get a class that builds a compiled one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.template import Origin, TemplateDoesNotExist
from django.template.base import Template
from django.template.loaders.base import Loader
from django.template.loaders.cached import Loader as CachedLoader

from djust_templates.template import CompiledTemplate


def _get_template(self: Any, template_name: str, skip: Sequence[Origin] | None = None) -> Template:
    """``Loader.get_template`` of Django, but for the class of the template."""
    tried = []
    for origin in self.get_template_sources(template_name):
        if skip is not None and origin in skip:
            tried.append((origin, "Skipped to avoid recursion"))
            continue
        try:
            contents = self.get_contents(origin)
        except TemplateDoesNotExist:
            tried.append((origin, "Source does not exist"))
            continue
        return CompiledTemplate(contents, origin, origin.template_name, self.engine)
    raise TemplateDoesNotExist(template_name, tried=tried)


class _CompilingMixin:
    """Takes the place of ``Loader.get_template`` at the end of the method order."""

    get_template = _get_template


@cache
def _compiling_class(loader_class: type[Loader]) -> type[Loader]:
    """Return ``loader_class`` with our ``get_template`` where Django's base class has its own."""
    # The mixin stands directly before Django's base class, so what a loader defines itself,
    # as the cached loader does, still comes first and reaches us through super().
    bases = (loader_class, _CompilingBase)
    name = loader_class.__name__
    return type(name, bases, {"__module__": loader_class.__module__, "__qualname__": name})


class _CompilingBase(_CompilingMixin, Loader):
    """Django's base loader, compiling."""


def compiling(loader: Loader) -> Loader:
    """Return ``loader``, from now on with compiled templates."""
    if isinstance(loader, Loader) and not isinstance(loader, _CompilingBase):
        owner = next(c for c in type(loader).__mro__ if "get_template" in vars(c))
        if owner in {Loader, CachedLoader}:
            loader.__class__ = _compiling_class(type(loader))
    return loader
