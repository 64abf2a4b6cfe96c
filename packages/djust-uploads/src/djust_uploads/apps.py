"""The Django application: the client module, the settings, the command."""

from __future__ import annotations

from django.apps import AppConfig

from djust_uploads import config

__all__ = ["DjustUploadsConfig"]


class DjustUploadsConfig(AppConfig):
    """``INSTALLED_APPS = [..., "djust_uploads"]``."""

    name = "djust_uploads"
    label = "djust_uploads"
    verbose_name = "djust uploads"

    # Reading them has made the keys of the settings known.
    settings = config.config

    def ready(self) -> None:
        """Register the system check."""
        from django.core.checks import register  # noqa: PLC0415 - after the settings

        from djust_uploads.checks import check_upload_dir  # noqa: PLC0415

        register(check_upload_dir, "djust")
