"""Django's engine with compiled templates."""

from __future__ import annotations

from typing import Any

from django.template import Origin, TemplateDoesNotExist
from django.template.base import Template as DjangoTemplate
from django.template.engine import Engine
from django.template.library import Library
from django.template.loaders.base import Loader
from django.utils.functional import cached_property

from djust_templates import loaders
from djust_templates.template import Template


class DjustEngine(Engine):
    """What Django's ``Engine`` is, except that its templates are compiled."""

    @cached_property
    def builtin_library(self) -> Library:
        """The tags and filters that every template of this engine starts with."""
        together = Library()
        for library in self.template_builtins:
            together.tags.update(library.tags)
            together.filters.update(library.filters)
        return together

    @cached_property
    def template_cache(self) -> dict[Any, Any] | None:
        """Where the cached loader keeps templates by name, when it is the only loader."""
        if len(self.template_loaders) != 1:
            return None
        return loaders.cache_of(self.template_loaders[0])

    def from_string(
        self, template_code: Any, origin: Origin | None = None, name: str | None = None
    ) -> Template:
        """Return a template compiled from source."""
        return Template(template_code, origin=origin, name=name, engine=self)

    def find_template_loader(self, loader: Any) -> Loader:
        """Return the loader for an entry of the ``loaders`` option."""
        found = super().find_template_loader(loader)
        return loaders.compiling(found)

    def find_template(
        self, name: str, dirs: Any = None, skip: list[Origin] | None = None
    ) -> tuple[DjangoTemplate, Origin]:
        """Return the first template called ``name`` and its origin.

        Args:
            name: The name.
            dirs: Not used, as in Django.
            skip: Origins to pass over.

        Raises:
            TemplateDoesNotExist: No loader knows it.
        """
        tried = []
        for loader in self.template_loaders:
            try:
                template = loader.get_template(name, skip=skip)
            except TemplateDoesNotExist as error:
                tried.extend(error.tried)
            else:
                return self._compiled(template), template.origin
        raise TemplateDoesNotExist(name, tried=tried)

    def _compiled(self, template: DjangoTemplate) -> DjangoTemplate:
        """Return the template of a loader that makes its own, compiled once."""
        if type(template) is not DjangoTemplate:
            return template
        compiled = vars(template).get("djust_compiled")
        if not isinstance(compiled, Template):
            compiled = Template(template.source, template.origin, template.name, self)
            vars(template)["djust_compiled"] = compiled
        return compiled
