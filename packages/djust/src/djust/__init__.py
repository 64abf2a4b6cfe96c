"""Reactive pages for Django: server-side state, live updates, no JavaScript to write.

This package holds no logic: it pins the packages that do, and offers their names in one place.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from djust_live import (
        JS,
        FormMixin,
        LiveComponent,
        LiveError,
        LiveView,
        WizardMixin,
        action,
        background,
        cache,
        client_state,
        computed,
        debounce,
        event_handler,
        optimistic,
        permission_required,
        publish,
        rate_limit,
        throttle,
    )

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


def __getattr__(name: str) -> Any:
    # `import djust` stays cheap, and works before Django's settings are complete.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module("djust_live"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
