"""The site of this folder under uvicorn, with a network that tests may spoil."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.demo.conftest import network, new_visitor, open_page, proxy, server
from tests.browser.demo.server import DemoServer, migrate

__all__ = ["network", "new_visitor", "open_page", "proxy", "server"]

HERE = Path(__file__).resolve().parent


class SiteServer(DemoServer):
    """One uvicorn process that serves the site."""

    project = HERE
    module = "live_site"


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file of the site."""
    database = tmp_path_factory.mktemp("site") / "empty.sqlite3"
    migrate(database, SiteServer)
    return database


@pytest.fixture(scope="session")
def shared_server(
    empty_site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SiteServer]:
    """One server for all tests that leave it running."""
    with SiteServer(tmp_path_factory.mktemp("site-server"), empty_site) as made:
        yield made


@pytest.fixture
def own_server(empty_site: Path, tmp_path: Path) -> Iterator[SiteServer]:
    """A server that the test may stop, kill and start again, and whose log it may look at."""
    with SiteServer(tmp_path, empty_site) as made:
        yield made


@pytest.fixture(scope="session")
def shared_debug_server(
    empty_site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SiteServer]:
    """The same site as a developer sees it."""
    folder = tmp_path_factory.mktemp("debug-server")
    with SiteServer(folder, empty_site, DEMO_DEBUG="1") as made:
        yield made
