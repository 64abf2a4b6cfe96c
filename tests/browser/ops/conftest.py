"""Fixtures of the suites that test the client's modules in a page without a server."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

ORIGIN = "http://client.test"
HERE = Path(__file__).parent
SOURCE = HERE.parents[2] / "packages/djust-live/src/djust_live/static/djust/src"

# Inline scripts of the cases must not run, though scripting counts as on; the harness needs
# document.write, so Trusted Types are tested elsewhere.
POLICY = "script-src 'self'"


def serve(route: Route) -> None:
    """Answer from the client's source or from the files beside this one; nothing else exists."""
    path = route.request.url.removeprefix(ORIGIN)
    if path.startswith("/src/"):
        file = SOURCE / path.removeprefix("/src/")
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


def check(harness: Page, pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what went wrong when the browser applied each pair's ops to its old page."""
    found: list[dict[str, Any]] = harness.evaluate("pairs => harness.check(pairs)", pairs)
    return found
