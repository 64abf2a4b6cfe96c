"""The live views that URLs lead to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from djust_live.live_view import LiveView


def routed_views() -> list[type[LiveView]]:
    """Return each live view class of the URLconf once, in the order of the patterns."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    views = dict.fromkeys(_views(get_resolver().url_patterns))
    return list(views)


def _views(patterns: list[Any]) -> Iterator[type[LiveView]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None)
            if isinstance(view, type) and issubclass(view, LiveView):
                yield view
