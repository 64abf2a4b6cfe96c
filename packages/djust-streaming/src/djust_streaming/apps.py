"""The Django application: it brings the browser's half of streams."""

from __future__ import annotations

from django.apps import AppConfig


class StreamingConfig(AppConfig):
    """Lets ``collectstatic`` find the module for the browser."""

    name = "djust_streaming"
    verbose_name = "djust streaming"
