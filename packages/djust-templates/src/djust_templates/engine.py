"""Django's engine with compiled templates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.template import Origin, TemplateDoesNotExist
from django.template.engine import Engine
from django.template.loaders.base import Loader

from djust_templates import loaders
from djust_templates.template import Template


class DjustEngine(Engine):
    """What Django's ``Engine`` is, except that its templates are compiled."""

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
        self, name: str, dirs: Any = None, skip: Sequence[Origin] | None = None
    ) -> tuple[Template, Origin]:
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
                return template, template.origin
        raise TemplateDoesNotExist(name, tried=tried)

    def get_template(self, template_name: str) -> Template:
        """Return the template called ``template_name``, compiled."""
        template, origin = self.find_template(template_name)
        if not hasattr(template, "render"):
            template = Template(template, origin, template_name, engine=self)
        return template
