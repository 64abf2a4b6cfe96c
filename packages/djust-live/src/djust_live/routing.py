"""Routes: the socket's place in an ASGI application, and live sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from django.urls import URLPattern, URLResolver, re_path
from django.urls.resolvers import RoutePattern

from djust_live.config import config
from djust_live.enclosure import Enclosure
from djust_live.errors import DefinitionError
from djust_live.websocket import LiveConsumer

__all__ = ["live_session", "websocket_urlpatterns"]


def live_session(
    prefix: str,
    patterns: Sequence[URLPattern | URLResolver],
    name: str | None = None,
    on_mount: Callable[..., Any] | Iterable[Callable[..., Any]] = (),
    login_required: bool = False,
) -> list[URLPattern | URLResolver]:
    """Return routes whose live pages share one socket and one boundary for logins.

    Inside, ``dj-navigate`` and ``live_redirect`` go from page to page over the socket that is
    there; every way in or out is a page load, with all middleware.

    Args:
        prefix: In front of all routes, as in ``path``; may hold converters.
        patterns: From ``path``, ``re_path`` and ``include``; views that are not live are welcome.
        name: Tells the live session from others; the prefix by default.
        on_mount: One callable or several, run before those of the view, with view and request;
            may return a response.
        login_required: Lead anonymous users to the login page, whatever the views say.

    Raises:
        DefinitionError: A route is in a live session already (``DJL501``).

    Example:
        >>> urlpatterns = [
        ...     *live_session("board/", [path("", Board.as_view())], login_required=True),
        ... ]
    """
    hooks = (on_mount,) if callable(on_mount) else tuple(on_mount)
    route = prefix.lstrip("/")
    enclosure = Enclosure(name or route or "/", hooks, login_required)
    return [_below(route, pattern, enclosure) for pattern in patterns]


class _Resolver(URLResolver):
    """What ``include`` made, its views in a live session; read when the first URL is resolved."""

    enclosure: Enclosure

    @cached_property
    def url_patterns(self) -> Any:
        """Return the patterns inside."""
        return [_inside(pattern, self.enclosure) for pattern in super().url_patterns]


def _below(prefix: str, pattern: URLPattern | URLResolver, enclosure: Enclosure) -> Any:
    inside = _inside(pattern, enclosure)
    if isinstance(inside, URLPattern) and isinstance(inside.pattern, RoutePattern):
        route = RoutePattern(f"{prefix}{inside.pattern}", name=inside.name, is_endpoint=True)
        return URLPattern(route, inside.callback, inside.default_args, inside.name)
    return URLResolver(RoutePattern(prefix), [inside]) if prefix else inside


def _inside(pattern: URLPattern | URLResolver, enclosure: Enclosure) -> Any:
    if isinstance(pattern, URLPattern):
        if hasattr(pattern.callback, "_djust_enclosure"):
            raise DefinitionError(f"{pattern} is in two live sessions.")
        view = enclosure.around(pattern.callback)
        return URLPattern(pattern.pattern, view, pattern.default_args, pattern.name)
    given = pattern.default_kwargs
    resolver = _Resolver(
        pattern.pattern, pattern.urlconf_name, given, pattern.app_name, pattern.namespace
    )
    resolver.enclosure = enclosure
    return resolver


def _socket() -> list[URLPattern]:
    path = config.SOCKET_PATH.lstrip("/").rstrip("/")
    consumer: Any = LiveConsumer.as_asgi()  # a URLRouter calls it, not Django
    return [re_path(rf"^{path}/?$", consumer)]


websocket_urlpatterns: list[URLPattern] = _socket()
