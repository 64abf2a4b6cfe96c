"""The app that holds every page of the demo."""

from __future__ import annotations

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Registers the models, templates and static files of the pages."""

    name = "pages"
    verbose_name = "Demo pages"
