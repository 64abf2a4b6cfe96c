"""Live templates: pages whose changes are found without parsing them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.base import Template as DjangoTemplate
from django.template.context import make_context

from djust_templates import _native
from djust_templates._support import ORIGINAL_RENDER, announce
from djust_templates.template import Template

LivePage = _native.LivePage
Unsayable = _native.Unsayable


class Finder:
    """Finds the templates that a page is made of, as a render would.

    Args:
        template: The template of the page.
    """

    def __init__(self, template: Template) -> None:
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
                return self.engine.get_template(name)
            found, _ = self.engine.find_template(name, skip=skip)
        except TemplateDoesNotExist:
            return None
        return found


class LiveTemplate:
    """A template compiled for live pages; pages and threads share it.

    Args:
        template: A compiled template.

    Raises:
        Unsayable: Its pages have to be parsed.
    """

    def __init__(self, template: Template) -> None:
        self.template = template
        self._native = _native.LiveTemplate(template, Finder(template))

    def render(
        self, values: dict[str, Any] | None = None, request: HttpRequest | None = None
    ) -> _native.PrintedPage | None:
        """Render with a dictionary, as a backend does.

        Returns:
            The text and the marks beside it; None when the reference engine has to render.
        """
        template = self.template
        if vars(DjangoTemplate)["_render"] is ORIGINAL_RENDER:
            return self._native.render_values(template.engine, values, request)
        context = make_context(values, request, autoescape=template.engine.autoescape)
        with context.render_context.push_state(template), context.bind_template(template):
            announce(template, context)
            return self._native.render_context(template.engine, context)

    def page(self, printed: _native.PrintedPage, secret: int) -> LivePage:
        """Return the page that a browser has when it has read what was printed.

        Args:
            printed: A result of :meth:`render`.
            secret: The key of the hashes, 64 bits; digests of two processes compare if it is
                the same.

        Raises:
            Unsayable: The browser reads the text otherwise than the template was planned.
        """
        return LivePage(self._native, printed, secret)
