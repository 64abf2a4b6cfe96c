"""``INSTALLED_APPS = ["djust"]`` is ``["djust_live"]``: the same application, tags and files."""

from __future__ import annotations

from djust_live import apps as live_apps


class DjustConfig(live_apps.DjustLiveConfig):
    """The application of djust-live under the familiar name."""
