"""Test tools for djust live views."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from djust_testing.accessibility import assert_accessible, assert_axe
    from djust_testing.client import EventFailed, LiveViewTestClient
    from djust_testing.page import OutOfStep, Reply
    from djust_testing.reach import Impossible
    from djust_testing.smoke import LiveViewSmokeTest, Smoke
    from djust_testing.snapshots import SnapshotMissing, SnapshotTestMixin
    from djust_testing.wire_client import EventRefused, LiveWireClient

__all__ = [
    "EventFailed",
    "EventRefused",
    "Impossible",
    "LiveViewSmokeTest",
    "LiveViewTestClient",
    "LiveWireClient",
    "OutOfStep",
    "Reply",
    "Smoke",
    "SnapshotMissing",
    "SnapshotTestMixin",
    "__version__",
    "assert_accessible",
    "assert_axe",
]

__version__ = "2.0.0a1"

_HOMES = {
    "EventFailed": "djust_testing.client",
    "EventRefused": "djust_testing.wire_client",
    "Impossible": "djust_testing.reach",
    "LiveViewSmokeTest": "djust_testing.smoke",
    "LiveViewTestClient": "djust_testing.client",
    "LiveWireClient": "djust_testing.wire_client",
    "OutOfStep": "djust_testing.page",
    "Reply": "djust_testing.page",
    "Smoke": "djust_testing.smoke",
    "SnapshotMissing": "djust_testing.snapshots",
    "SnapshotTestMixin": "djust_testing.snapshots",
    "assert_accessible": "djust_testing.accessibility",
    "assert_axe": "djust_testing.accessibility",
}


def __getattr__(name: str) -> Any:
    # The clients need Django's settings or a WebSocket library; tools that only use `wire` do not.
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
