"""Forms and widgets rendered by the compiled templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.forms.renderers import BaseRenderer, EngineMixin, get_default_renderer
from django.forms.renderers import DjangoTemplates as DjangoTemplatesRenderer

if TYPE_CHECKING:
    from djust_templates.backend import DjustTemplates

# The name that Django gives the engine of its own form renderer.
ENGINE_NAME = "djangoforms"


class DjustTemplatesRenderer(EngineMixin, BaseRenderer):
    """Django's form renderer with compiled templates, for the ``FORM_RENDERER`` setting.

    Example:
        >>> FORM_RENDERER = "djust_templates.forms.DjustTemplatesRenderer"
    """

    backend: type[DjustTemplates]


def adopt_default_renderer(backend: type[DjustTemplates]) -> None:
    """Let the default form renderer render with ``backend``.

    A project that uses the backend gets its forms from the same engine. Only the unchanged
    default of ``FORM_RENDERER`` is adopted, and only before it has made an engine of its own.
    """
    if not apps.ready:
        # Too early to know the tag libraries, and nothing has been rendered yet.
        return
    renderer = get_default_renderer()
    if type(renderer) is not DjangoTemplatesRenderer or "engine" in vars(renderer):
        return
    adopted = DjustTemplatesRenderer()
    adopted.backend = backend
    vars(renderer)["engine"] = adopted.engine
