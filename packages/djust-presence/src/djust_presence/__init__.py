"""Who is here, in a djust live view: presence, live cursors, hints of what others do."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from djust_presence.backends import PresenceBackend
    from djust_presence.cursors import CursorExtension, CursorTracker, LiveCursorMixin
    from djust_presence.errors import PresenceError
    from djust_presence.extension import PresenceExtension
    from djust_presence.mixin import PresenceMixin
    from djust_presence.rooms import Presence

__all__ = [
    "CursorExtension",
    "CursorTracker",
    "LiveCursorMixin",
    "Presence",
    "PresenceBackend",
    "PresenceError",
    "PresenceExtension",
    "PresenceMixin",
    "__version__",
]

__version__ = "2.0.0a1"

# Django imports this package before its settings are complete, so names load on first use.
_HOMES = {
    "CursorExtension": "djust_presence.cursors",
    "CursorTracker": "djust_presence.cursors",
    "LiveCursorMixin": "djust_presence.cursors",
    "Presence": "djust_presence.rooms",
    "PresenceBackend": "djust_presence.backends",
    "PresenceError": "djust_presence.errors",
    "PresenceExtension": "djust_presence.extension",
    "PresenceMixin": "djust_presence.mixin",
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
