"""``INSTALLED_APPS = ["djust"]`` is ``["djust_live"]``: the same application, tags and files."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from djust_live import apps as live_apps

# Those whose settings are keys of DJUST; each may be missing.
_WITH_SETTINGS = ("djust_presence", "djust_streaming", "djust_uploads")


class DjustConfig(live_apps.DjustLiveConfig):
    """The application of djust-live under the familiar name."""

    def ready(self) -> None:
        """Know the settings of the packages that are there, whether a view uses them or not."""
        super().ready()
        for package in _WITH_SETTINGS:
            if find_spec(package) is not None:
                import_module(f"{package}.config")
