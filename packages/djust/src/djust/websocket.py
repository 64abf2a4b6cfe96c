"""The Channels consumer of live views."""

from __future__ import annotations

from djust_live.websocket import LiveConsumer

__all__ = ["LiveConsumer"]
