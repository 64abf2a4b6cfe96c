"""One line for ``asgi.py``."""

from __future__ import annotations

from djust_live.asgi import live_application

__all__ = ["live_application"]
