"""The scripts of the project: those that its apps and its ``STATICFILES_DIRS`` serve."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings

from djust_live.checks.python_sources import is_of_project

_QUOTED = re.compile(r"""(["'`])(\w+)\1""")


def texts_in_scripts() -> frozenset[str]:
    """Return the words that scripts of the project write out as texts."""
    return frozenset(
        word
        for path in _scripts()
        for _, word in _QUOTED.findall(path.read_text("utf-8", "replace"))
    )


def _scripts() -> Iterator[Path]:
    for folder in _folders():
        for kind in ("*.js", "*.mjs"):
            yield from (path for path in sorted(folder.rglob(kind)) if path.is_file())


def _folders() -> Iterator[Path]:
    for app in apps.get_app_configs():
        if is_of_project(Path(app.path), app.name):
            yield Path(app.path) / "static"
    for entry in getattr(settings, "STATICFILES_DIRS", ()):
        # An entry may begin with the prefix of its addresses.
        yield Path(entry[1] if isinstance(entry, (tuple, list)) else entry)
