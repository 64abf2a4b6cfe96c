"""Django's loaders, returning compiled templates.

A loader keeps its class and its sources. Only where Django's own code would build a plain
``Template`` does the instance get a class that builds a compiled one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.template import Origin, TemplateDoesNotExist
from django.template.loaders.base import Loader
from django.template.loaders.cached import Loader as CachedLoader

from djust_templates.template import Template


class _CompilingBase(Loader):
    """Django's base loader, but for the class of its templates."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """Return the first template called ``template_name`` whose origin is not in ``skip``."""
        # Django's base class leaves reading to its subclasses, and does not name it.
        sources: Any = self
        tried = []
        for origin in sources.get_template_sources(template_name):
            if skip is not None and origin in skip:
                tried.append((origin, "Skipped to avoid recursion"))
                continue
            try:
                contents = sources.get_contents(origin)
            except TemplateDoesNotExist:
                tried.append((origin, "Source does not exist"))
                continue
            return Template(contents, origin, origin.template_name, sources.engine)
        raise TemplateDoesNotExist(template_name, tried=tried)


@cache
def _compiling_class(loader_class: type[Loader]) -> type[Loader]:
    """Return ``loader_class`` with our base loader directly before Django's.

    What a loader defines itself still comes first, and reaches us through ``super()`` as the
    cached loader does.
    """
    name = loader_class.__name__
    attributes = {"__module__": loader_class.__module__, "__qualname__": name}
    return type(name, (loader_class, _CompilingBase), attributes)


def compiling(loader: Loader) -> Loader:
    """Return ``loader``, from now on with compiled templates."""
    if isinstance(loader, Loader) and not isinstance(loader, _CompilingBase):
        owner = next(c for c in type(loader).__mro__ if "get_template" in vars(c))
        if owner in {Loader, CachedLoader}:
            loader.__class__ = _compiling_class(type(loader))  # type: ignore[arg-type]
    return loader


def cache_of(loader: Loader) -> dict[Any, Any] | None:
    """Return the dictionary in which Django's cached loader keeps templates by name."""
    if not isinstance(loader, CachedLoader):
        return None
    if type(loader).get_template is not CachedLoader.get_template:
        return None
    if type(loader).cache_key is not CachedLoader.cache_key:
        return None
    return loader.get_template_cache
