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
    return list(dict.fromkeys(view for view, _ in callbacks()))


def callbacks() -> Iterator[tuple[type[LiveView], Any]]:
    """Yield each live view of the URLconf with what a URL calls, decorators and all."""
    if getattr(settings, "ROOT_URLCONF", None):
        yield from _views(get_resolver().url_patterns)


def _views(patterns: list[Any]) -> Iterator[tuple[type[LiveView], Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None)
            if isinstance(view, type) and issubclass(view, LiveView):
                yield view, pattern.callback
