"""The ``TEMPLATES`` backend."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template import Origin, TemplateDoesNotExist
from django.template.backends.base import BaseEngine
from django.template.backends.django import DjangoTemplates, reraise
from django.template.context import Context, make_context
from django.utils.safestring import SafeString

from djust_templates.engine import DjustEngine
from djust_templates.explain import Explanation, explain
from djust_templates.forms import ENGINE_NAME, DjustTemplatesRenderer, adopt_default_renderer
from djust_templates.template import Template


class DjustTemplates(DjangoTemplates):
    """Django's template language, compiled.

    Takes the options of ``django.template.backends.django.DjangoTemplates``; an unknown option
    is a ``TypeError``.

    Example:
        >>> TEMPLATES = [{"BACKEND": "djust_templates.DjustTemplates", "APP_DIRS": True}]
    """

    engine: DjustEngine

    def __init__(self, params: dict[str, Any]) -> None:
        params = params.copy()
        params.setdefault("NAME", "djust")
        params.setdefault("DIRS", [])
        params.setdefault("APP_DIRS", False)
        options = params.pop("OPTIONS", {}).copy()
        options.setdefault("autoescape", True)
        options.setdefault("debug", settings.DEBUG)
        options.setdefault("file_charset", "utf-8")
        options["libraries"] = self.get_templatetag_libraries(options.get("libraries", {}))
        BaseEngine.__init__(self, params)
        self.engine = DjustEngine(self.dirs, self.app_dirs, **options)
        if self.name != ENGINE_NAME:
            adopt_default_renderer(DjustTemplates)

    def from_string(  # type: ignore[override]
        self, template_code: Any, origin: Origin | None = None, name: str | None = None
    ) -> BackendTemplate:
        """Return a template compiled from source.

        Args:
            template_code: The source.
            origin: Where errors say it comes from.
            name: The name it goes by.
        """
        return BackendTemplate(self.engine.from_string(template_code, origin, name), self)

    def get_template(  # type: ignore[override]
        self, template_name: str
    ) -> BackendTemplate:
        """Return the template called ``template_name``."""
        try:
            return BackendTemplate(self.engine.get_template(template_name), self)
        except TemplateDoesNotExist as error:
            reraise(error, self)
            raise


class BackendTemplate:
    """A compiled template with the interface of template backends."""

    def __init__(self, template: Any, backend: DjustTemplates) -> None:
        self.template = template
        self.backend = backend

    @property
    def origin(self) -> Origin:
        """Where the source comes from."""
        origin: Origin = self.template.origin
        return origin

    @property
    def name(self) -> str | None:
        """The name it was loaded by."""
        name: str | None = self.template.name
        return name

    def render(
        self,
        context: dict[str, Any] | Context | None = None,
        request: HttpRequest | None = None,
    ) -> SafeString:
        """Return the rendered template.

        Args:
            context: What the template sees: a dictionary, or a Django context.
            request: Makes the context processors run.
        """
        try:
            if isinstance(context, Context):
                bound = context
            elif isinstance(self.template, Template):
                return self.template.render_values(context, request)
            else:
                autoescape = self.backend.engine.autoescape
                bound = make_context(context, request, autoescape=autoescape)
            text: SafeString = self.template.render(bound)
        except TemplateDoesNotExist as error:
            reraise(error, self.backend)
            raise
        return text

    def explain(self) -> Explanation:
        """Return the holes, blocks and textual regions of the template."""
        return explain(self)


DjustTemplatesRenderer.backend = DjustTemplates
