"""The marks that event handlers carry."""

from __future__ import annotations

from djust_live.computed import computed
from djust_live.decorators import (
    action,
    background,
    cache,
    client_state,
    debounce,
    event_handler,
    optimistic,
    permission_required,
    rate_limit,
    throttle,
)

__all__ = [
    "action",
    "background",
    "cache",
    "client_state",
    "computed",
    "debounce",
    "event_handler",
    "optimistic",
    "permission_required",
    "rate_limit",
    "throttle",
]
