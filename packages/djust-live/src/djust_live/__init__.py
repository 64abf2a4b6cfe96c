"""Live views for Django: server-side state, WebSocket events, minimal patches."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from djust_live.component import LiveComponent
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
    from djust_live.errors import LiveError
    from djust_live.forms import FormMixin
    from djust_live.javascript import JS
    from djust_live.live_view import LiveView
    from djust_live.topics import publish
    from djust_live.wizard import WizardMixin

__all__ = [
    "JS",
    "FormMixin",
    "LiveComponent",
    "LiveError",
    "LiveView",
    "WizardMixin",
    "__version__",
    "action",
    "background",
    "cache",
    "client_state",
    "computed",
    "debounce",
    "event_handler",
    "optimistic",
    "permission_required",
    "publish",
    "rate_limit",
    "throttle",
]

__version__ = "2.0.0a1"

# Django imports this package before its settings are complete, so names load on first use.
_HOMES = {
    "JS": "djust_live.javascript",
    "FormMixin": "djust_live.forms",
    "LiveComponent": "djust_live.component",
    "LiveError": "djust_live.errors",
    "LiveView": "djust_live.live_view",
    "WizardMixin": "djust_live.wizard",
    "action": "djust_live.decorators",
    "background": "djust_live.decorators",
    "cache": "djust_live.decorators",
    "client_state": "djust_live.decorators",
    "computed": "djust_live.computed",
    "debounce": "djust_live.decorators",
    "event_handler": "djust_live.decorators",
    "optimistic": "djust_live.decorators",
    "permission_required": "djust_live.decorators",
    "publish": "djust_live.topics",
    "rate_limit": "djust_live.decorators",
    "throttle": "djust_live.decorators",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
