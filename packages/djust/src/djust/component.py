"""The class that components subclass."""

from __future__ import annotations

from djust_live.component import LiveComponent

__all__ = ["LiveComponent"]
