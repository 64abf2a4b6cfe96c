"""Test tools for djust live views."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from djust_testing.wire_client import EventRefused, LiveWireClient

__all__ = [
    "EventRefused",
    "LiveWireClient",
    "__version__",
]

__version__ = "2.0.0a1"

_HOMES = {
    "EventRefused": "djust_testing.wire_client",
    "LiveWireClient": "djust_testing.wire_client",
}


def __getattr__(name: str) -> Any:
    # The wire client needs a WebSocket library, which tools that only use `wire` do not.
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
