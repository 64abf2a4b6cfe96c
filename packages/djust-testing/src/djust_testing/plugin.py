"""The pytest plugin: the ``live_client`` fixture."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

import djust_testing

if TYPE_CHECKING:
    from djust_live import LiveView

    from djust_testing.client import LiveViewTestClient

# The variable of the snapshots module, which is not loaded before it is needed.
_UPDATE = "DJUST_UPDATE_SNAPSHOTS"

ClientFactory = Callable[..., "LiveViewTestClient"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take ``--snapshot-update``, unless syrupy is there, whose flag it is."""
    if find_spec("syrupy") is None:
        parser.getgroup("djust").addoption(
            "--snapshot-update",
            action="store_true",
            dest="update_snapshots",
            help="write the snapshots of SnapshotTestMixin",
        )


def pytest_configure(config: pytest.Config) -> None:
    """Let ``--snapshot-update`` write our snapshots; syrupy's are its own."""
    if config.getoption("update_snapshots", False):
        os.environ[_UPDATE] = "1"


@pytest.fixture
def live_client() -> Iterator[ClientFactory]:
    """Return a function that mounts a view and returns its client.

    Takes the view class, ``user`` and the other arguments of ``LiveViewTestClient``; ``kwargs`` are
    what the URL would give the view. All clients are closed after the test.

    Example:
        >>> def test_counting(live_client):
        ...     page = live_client(CounterView)
        ...     page.click("button")
        ...     page.assert_state(count=1)
    """
    clients: list[LiveViewTestClient] = []

    def mount(
        view_class: type[LiveView],
        user: Any = None,
        *,
        kwargs: dict[str, Any] | None = None,
        **options: Any,
    ) -> LiveViewTestClient:
        # Loaded on first use: Django is set up after plugins are imported.
        client = djust_testing.LiveViewTestClient(view_class, user, **options)
        clients.append(client)
        return client.mount(**(kwargs or {}))

    yield mount
    for client in clients:
        client.close()
