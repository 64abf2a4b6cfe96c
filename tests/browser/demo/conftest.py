"""Fixtures of the demo suite: the server, the network to it, pages that watch themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.conftest import TIMEOUT_MS
from tests.browser.demo.server import DemoServer, migrate
from tests.browser.proxy import Proxy

OpenPage = Callable[..., Page]

READY = "body.dj-connected:not(.dj-disconnected)"
# What Chromium itself reports about a socket that a test has cut.
NETWORK_MESSAGE = re.compile(r"WebSocket connection to .* failed|net::ERR_|Failed to load resource")
# Collects what a console message might not show; runs before any script of the page.
WATCH_POLICY = """
globalThis.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  globalThis.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file; servers start from a copy of it."""
    database = tmp_path_factory.mktemp("migrated") / "empty.sqlite3"
    migrate(database)
    return database


@pytest.fixture(scope="session")
def shared_server(
    empty_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DemoServer]:
    """One server for all tests that leave it running: each test comes as a new visitor."""
    with DemoServer(tmp_path_factory.mktemp("server"), empty_database) as server:
        yield server


@pytest.fixture
def server(shared_server: DemoServer) -> Iterator[DemoServer]:
    """The shared server; a traceback that it logs during a test fails the test."""
    before = len(shared_server.log)
    yield shared_server
    logged = shared_server.log[before:]
    assert "Traceback" not in logged, logged


@pytest.fixture
def own_server(empty_database: Path, tmp_path: Path) -> Iterator[DemoServer]:
    """A server that the test may stop, kill and start again."""
    with DemoServer(tmp_path, empty_database) as server:
        yield server
        logged = server.log
    assert "Traceback" not in logged, logged


@pytest.fixture
def proxy(server: DemoServer) -> Iterator[Proxy]:
    """A network to the shared server that the test may spoil."""
    with Proxy(server.port) as made:
        yield made


@pytest.fixture(params=["fast", "slow", "torn", "deaf"])
def network(request: pytest.FixtureRequest, proxy: Proxy) -> Proxy:
    """The same test on four networks.

    ``fast`` does no harm. ``slow`` takes 150 ms each way, 300 ms for an answer. ``torn`` loses the fourth message that
    the browser sends on a socket, the join included, and cuts it. ``deaf`` does the same with the
    fourth answer, the handshake included: the server has handled the event, the browser does not
    know it.
    """
    if request.param == "slow":
        proxy.latency_s = 0.15
    if request.param == "torn":
        proxy.cut_after = 3
    if request.param == "deaf":
        proxy.cut_answers_after = 3
    return proxy


@pytest.fixture
def new_visitor(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Make contexts of other visitors; arguments are those of ``Browser.new_context``."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        made.append(browser.new_context(**options))
        made[-1].set_default_timeout(TIMEOUT_MS)
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.fixture
def open_page(
    context: BrowserContext, new_visitor: Callable[..., BrowserContext]
) -> Iterator[OpenPage]:
    """Open pages that fail the test for an exception, a console error or a policy violation.

    ``open_page(url)`` returns the page when its events are handled; ``wait=False`` returns at once.
    Every call opens a new tab of the same visitor, or of the one whose context is ``visitor``.
    """
    problems: list[str] = []
    pages: list[Page] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not NETWORK_MESSAGE.search(message.text):
            problems.append(f"{message.type}: {message.text}")

    def opener(url: str, *, wait: bool = True, visitor: BrowserContext = context) -> Page:
        page = visitor.new_page()
        page.add_init_script(WATCH_POLICY)
        page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
        page.on("console", listen)
        page.goto(url)
        pages.append(page)
        if wait:
            wait_until_ready(page)
        return page

    yield opener
    for page in pages:
        if page.is_closed():
            continue
        problems += page.evaluate("() => globalThis.violations")
    assert problems == []


def wait_until_ready(page: Page) -> None:
    """Wait until the page says that its events are handled."""
    expect(page.locator(READY)).to_be_attached()
