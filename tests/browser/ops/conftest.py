"""Fixtures of the suites that test the client's modules in a page without a server."""

from __future__ import annotations

import functools
import json
import mimetypes
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import djust_vdom
import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute

from tests.browser.conftest import TIMEOUT_S

ORIGIN = "http://client.test"
HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SOURCE = ROOT / "packages/djust-live/src/djust_live/static/djust/src"

# Inline scripts of the cases must not run, though scripting counts as on; the harness needs
# document.write, so Trusted Types are tested elsewhere.
POLICY = "script-src 'self'"


def serve(route: Route, bundle: Path = SOURCE) -> None:
    """Answer from the client's source or from the files beside this one; nothing else exists."""
    path = route.request.url.removeprefix(ORIGIN)
    if path.startswith("/src/"):
        file = SOURCE / path.removeprefix("/src/")
    elif path.startswith("/dist/"):
        file = bundle / path.removeprefix("/dist/")
    elif path.startswith("/harness/"):
        file = HERE / "harness" / path.removeprefix("/harness/")
    else:
        route.abort()
        return
    route.fulfill(
        body=file.read_bytes(),
        content_type=mimetypes.guess_type(file.name)[0] or "text/plain",
        headers={"Content-Security-Policy": POLICY},
    )


@pytest.fixture(scope="module")
def harness(browser: Browser) -> Iterator[Page]:
    """A page with ``globalThis.harness``, see ``harness/harness.js``; it serves all of a module."""
    page = browser.new_page()
    page.route("**/*", serve)
    page.goto(f"{ORIGIN}/harness/index.html")
    page.wait_for_function("globalThis.harness !== undefined")
    yield page
    page.close()


STRICT_POLICY = (
    "default-src 'self'; require-trusted-types-for 'script'; trusted-types djust; "
    "base-uri 'none'; object-src 'none'"
)
SHELL = """<!doctype html>
<html lang="en"><head><title>Page</title>
<script type="module" data-djust="token" data-djust-url="/ws/djust/" src="/dist/djust.js"></script>
</head><body>{}</body></html>"""


class LivePage:
    """A page with the client and, in place of a server, the test.

    The differ makes the ops, so a test says what the page is to become. Frames of the client are
    kept in :attr:`frames`; events wait there until the test answers them.
    """

    def __init__(self, page: Page, bundle: Path, body: str) -> None:
        self.page = page
        self._bundle = bundle
        self.frames: list[list[Any]] = []
        self.sockets: list[WebSocketRoute] = []
        self.rev = 0
        self.answered = 0
        self.greets = True
        self._document = djust_vdom.Document(SHELL.format(body))
        page.route("**/*", self._serve)
        page.route_web_socket("**/ws/djust/", self._connect)
        page.goto(f"{ORIGIN}/page/")
        page.wait_for_selector("body.dj-connected", state="attached")

    def _serve(self, route: Route) -> None:
        if route.request.url.startswith(f"{ORIGIN}/page/"):
            route.fulfill(
                body=self._document.html,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": STRICT_POLICY},
            )
        else:
            serve(route, self._bundle)

    def _connect(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda text: self._receive(socket, json.loads(text)))

    def _receive(self, socket: WebSocketRoute, frame: list[Any]) -> None:
        self.frames.append(frame)
        if frame[0] == "join" and self.greets:
            socket.send(json.dumps(["ready", self.rev, self.answered, {}]))

    def send(self, *frame: Any) -> None:
        """Send a frame over the latest socket."""
        self.sockets[-1].send(json.dumps(frame))

    def ops(self, body: str) -> list[Any]:
        """Return the ops that make the page's body this, and count the revision."""
        ops: list[Any] = json.loads(self._document.update(SHELL.format(body)))
        if ops:
            self.rev += 1
        return ops

    def push(self, body: str, **extra: Any) -> None:
        """Change the page without an event."""
        ops = self.ops(body)
        self.send("push", self.rev, ops, extra)

    def reply(self, body: str | None = None, **extra: Any) -> None:
        """Answer the next event, with a new page or without."""
        ops = [] if body is None else self.ops(body)
        self.answered += 1
        self.send("reply", self.answered, self.rev, ops, extra)

    def resync(self) -> None:
        """Send the whole root."""
        self.rev += 1
        self.send("html", self.rev, self._document.resync(), {})

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true of the page or of the frames."""
        deadline = time.monotonic() + TIMEOUT_S
        while not condition():
            assert time.monotonic() < deadline, self.frames
            self.page.wait_for_timeout(10)  # Playwright hands over what arrives meanwhile.

    def until(self, expression: str) -> None:
        """Wait until a JavaScript expression is true; without ``eval``, which the page forbids."""
        self.wait(lambda: bool(self.page.evaluate(expression)))

    def wait_for_frames(self, kind: str, count: int = 1) -> None:
        """Wait until the client has sent this many frames of a kind."""
        self.wait(lambda: sum(frame[0] == kind for frame in self.frames) >= count)

    def resync_if_asked(self, done: str) -> bool:
        """Answer a resync if the client asks for one before this is true; return whether it did."""
        self.wait(
            lambda: (
                any(frame[0] == "resync" for frame in self.frames) or bool(self.page.evaluate(done))
            )
        )
        asked = any(frame[0] == "resync" for frame in self.frames)
        if asked:
            self.resync()
            self.until(done)
        return asked

    @property
    def events(self) -> list[list[Any]]:
        """The events that the client sent so far: name and parameters, without what is implied."""
        self.page.evaluate("0")  # Playwright hands over what arrived.
        found = []
        for frame in self.frames:
            if frame[0] == "event":
                params = dict(frame[4])
                for name in params.pop("_extra", []):
                    params.pop(name)
                found.append([frame[3], params])
        return found

    def wait_for_event(self, count: int = 1) -> list[Any]:
        """Wait until the client has sent this many events; return the last frame of an event."""
        self.wait_for_frames("event", count)
        return [frame for frame in self.frames if frame[0] == "event"][count - 1]


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client as it is released, or with ``DJUST_CLIENT=src`` its modules as they are."""
    if os.environ.get("DJUST_CLIENT") == "src":
        return SOURCE
    node = shutil.which("node")
    if node is None:
        raise pytest.UsageError("No node. Install it with: sudo apt-get install -y nodejs npm")
    out = tmp_path_factory.mktemp("client") / "dist"
    script = ROOT / "tools/client/bundle.js"
    subprocess.run([node, script, out], check=True, cwd=ROOT)
    return out


@pytest.fixture
def live(page: Page, bundle: Path) -> Callable[[str], LivePage]:
    """Open a live page with this body, under the strictest policy that a site may have."""
    return functools.partial(LivePage, page, bundle)


def check(harness: Page, pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what went wrong when the browser applied each pair's ops to its old page."""
    found: list[dict[str, Any]] = harness.evaluate("pairs => harness.check(pairs)", pairs)
    return found
