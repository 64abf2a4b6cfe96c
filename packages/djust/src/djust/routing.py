"""Where the socket of live views is served, and which pages share one."""

from __future__ import annotations

from djust_live.routing import live_session, websocket_urlpatterns

__all__ = ["live_session", "websocket_urlpatterns"]
