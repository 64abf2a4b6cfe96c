"""Where the socket of live views is served."""

from __future__ import annotations

from djust_live.routing import websocket_urlpatterns

__all__ = ["websocket_urlpatterns"]
