"""``INSTALLED_APPS = ["djust"]`` is ``["djust_live"]``: the same application, tags and files."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from djust_live import apps as live_apps
from djust_live.management.provided import provide

# Those whose settings are keys of DJUST; each may be missing.
_WITH_SETTINGS = ("djust_presence", "djust_streaming", "djust_uploads")
_WITH_COMMANDS = {
    "djust_templates": ("djust_explain_template",),
    "djust_testing": ("djust_bench", "djust_record"),
}


class DjustConfig(live_apps.DjustLiveConfig):
    """The application of djust-live under the familiar name."""

    def ready(self) -> None:
        """Know the settings and commands of the packages that are there."""
        super().ready()
        for package in _WITH_SETTINGS:
            if find_spec(package) is not None:
                import_module(f"{package}.config")
        for package, names in _WITH_COMMANDS.items():
            for name in names if find_spec(package) is not None else ():
                provide(name, f"{package}.management.commands.{name}.Command")
