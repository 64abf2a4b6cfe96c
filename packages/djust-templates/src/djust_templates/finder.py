"""The templates that a page is made of."""

from __future__ import annotations

from typing import Any

from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.base import Template as DjangoTemplate

from djust_templates.template import Template


class Finder:
    """Finds the templates that a page is made of, as a render would.

    Args:
        template: The template of the page.
    """

    def __init__(self, template: Template) -> None:
        self.template = template
        self.engine = template.engine
        self._known: dict[tuple[str, ...], DjangoTemplate | None] = {}

    def __call__(self, name: str, children: list[DjangoTemplate]) -> DjangoTemplate | None:
        """Return the template called ``name``; ``children`` extend it and are passed over."""
        skip = [child.origin for child in children if child.origin is not None]
        key = (name, *(str(origin.name) for origin in skip))
        if key not in self._known:
            self._known[key] = self._find(name, skip)
        return self._known[key]

    def _find(self, name: str, skip: list[Any]) -> DjangoTemplate | None:
        try:
            if not any(origin.template_name == name for origin in skip):
                # The same object as a render gets.
                found = self.engine.get_template(name)
            else:
                found, _ = self.engine.find_template(name, skip=skip)
        except (TemplateDoesNotExist, TemplateSyntaxError):
            # A render that comes to it is told.
            return None
        # A template that includes itself is one part of the page.
        return self.template if found.origin == self.template.origin else found
