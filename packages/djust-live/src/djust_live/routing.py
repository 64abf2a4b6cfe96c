"""The socket's place in an ASGI application."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, re_path

from djust_live.config import config
from djust_live.websocket import LiveConsumer

__all__ = ["websocket_urlpatterns"]


def _patterns() -> list[URLPattern]:
    path = config.SOCKET_PATH.lstrip("/").rstrip("/")
    consumer: Any = LiveConsumer.as_asgi()  # a URLRouter calls it, not Django
    return [re_path(rf"^{path}/?$", consumer)]


websocket_urlpatterns: list[URLPattern] = _patterns()
