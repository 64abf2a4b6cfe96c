"""One line for ``asgi.py``: pages, static files in development, and the socket of live views."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.urls import URLPattern

from djust_live.config import config
from djust_live.draining import Lifespan
from djust_live.enclosure import Visits
from djust_live.websocket import LiveConsumer

__all__ = ["live_application"]

Application = Callable[..., Awaitable[Any]]


def live_application(
    django_app: Application, websocket_urlpatterns: Sequence[URLPattern] = ()
) -> Application:
    """Return an ASGI application that serves Django's pages and the socket of live views.

    The socket finds session and user itself and refuses foreign origins. In DEBUG static files are
    served too, so that a plain ASGI server is enough.

    Args:
        django_app: What ``get_asgi_application()`` returned.
        websocket_urlpatterns: WebSocket routes of your own; they get session and user.

    Example:
        >>> application = live_application(get_asgi_application())
    """
    pages: Any = django_app
    if settings.DEBUG and apps.is_installed("django.contrib.staticfiles"):
        pages = ASGIStaticFilesHandler(pages)
    router: Application = ProtocolTypeRouter(
        {
            "http": Visits(pages),
            "websocket": SocketRouter(websocket_urlpatterns),
            "lifespan": Lifespan(),
        }
    )
    return router


class SocketRouter:
    """Leads a WebSocket to the live consumer or to one of the project's own routes."""

    def __init__(self, patterns: Sequence[URLPattern]) -> None:
        self._live: Any = LiveConsumer.as_asgi()
        routes: list[Any] = list(patterns)
        self._others: Any = AuthMiddlewareStack(URLRouter(routes)) if routes else None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        path = scope["path"]
        root = scope.get("root_path") or ""
        if root and path.startswith(root):
            path = path[len(root) :]
        if path.rstrip("/") == config.SOCKET_PATH.rstrip("/"):
            await self._live(scope, receive, send)
        elif self._others is not None:
            await self._others(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close"})
