"""The Django application: template tags, static files, checks."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register


class DjustLiveConfig(AppConfig):
    """``INSTALLED_APPS = ["djust_live"]``."""

    name = "djust_live"
    label = "djust_live"
    verbose_name = "djust"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks."""
        from djust_live.checks import CHECKS  # noqa: PLC0415 - checks look at views, after models

        for check in CHECKS:
            register(check, "djust")
        import_module("djust_live.logins").listen()
        import_module("djust_live.debug_panel").listen()
