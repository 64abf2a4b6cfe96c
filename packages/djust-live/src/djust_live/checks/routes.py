"""The live views that URLs lead to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from djust_live.live_view import LiveView

_GUARDS = "django.contrib.auth.decorators"


def routed_views() -> list[type[LiveView]]:
    """Return each live view class of the URLconf once, in the order of the patterns."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    return list(dict.fromkeys(view for view, _ in callbacks()))


def callbacks() -> Iterator[tuple[type[LiveView], Any]]:
    """Yield each live view of the URLconf with what a URL calls, decorators and all."""
    for view, callback, _ in routes():
        yield view, callback


def routes() -> Iterator[tuple[type[LiveView], Any, str]]:
    """Yield each live view of the URLconf with what a URL calls, and the route to it."""
    if getattr(settings, "ROOT_URLCONF", None):
        yield from _routes(get_resolver().url_patterns, "/")


def is_decorated(callback: Any) -> bool:
    """Return whether a decorator of ``django.contrib.auth`` stands around the view."""
    while callback is not None:
        if getattr(callback, "__globals__", {}).get("__name__") == _GUARDS:
            return True
        callback = getattr(callback, "__wrapped__", None)
    return False


def _routes(patterns: list[Any], prefix: str) -> Iterator[tuple[type[LiveView], Any, str]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None)
            if isinstance(view, type) and issubclass(view, LiveView):
                yield view, pattern.callback, route
