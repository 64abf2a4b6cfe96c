"""The marks that event handlers carry."""

from __future__ import annotations

from djust_live.decorators import (
    background,
    debounce,
    event_handler,
    permission_required,
    rate_limit,
    throttle,
)

__all__ = [
    "background",
    "debounce",
    "event_handler",
    "permission_required",
    "rate_limit",
    "throttle",
]
