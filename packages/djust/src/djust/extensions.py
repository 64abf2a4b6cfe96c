"""The contract for extensions of live views."""

from __future__ import annotations

from djust_live.extensions import Extension, Port

__all__ = ["Extension", "Port"]
