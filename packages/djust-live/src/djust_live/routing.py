"""The socket's place in an ASGI application."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from djust_live.config import config
from djust_live.websocket import LiveConsumer

__all__ = ["websocket_urlpatterns"]


def _patterns() -> list[URLPattern]:
    path = config.SOCKET_PATH.lstrip("/").rstrip("/")
    return [re_path(rf"^{path}/?$", LiveConsumer.as_asgi())]


websocket_urlpatterns: list[URLPattern] = _patterns()
