"""The class that views subclass."""

from __future__ import annotations

from djust_live.live_view import LiveView

__all__ = ["LiveView"]
