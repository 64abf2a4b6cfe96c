"""The Django application: the client module, the settings."""

from __future__ import annotations

from django.apps import AppConfig

from djust_presence import config

__all__ = ["DjustPresenceConfig"]


class DjustPresenceConfig(AppConfig):
    """``INSTALLED_APPS = [..., "djust_presence"]``."""

    name = "djust_presence"
    label = "djust_presence"
    verbose_name = "djust presence"

    # Reading them has made the keys of the settings known.
    settings = config.config
