"""The errors of live views."""

from __future__ import annotations

from djust_live.errors import LiveError

__all__ = ["LiveError"]
