"""Fixtures of the suites that compare the parser of djust-vdom with the browser's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

ADDRESS = "http://parser.test/"
# Scripting is on, and no script of an input runs or loads anything.
POLICY = "default-src 'none'"
SCRIPT = (Path(__file__).parent / "reading.js").read_text()


class Reader:
    """Chromium, as something that turns HTML text into nodes."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def fragments(self, inputs: list[tuple[str, str]]) -> list[Any]:
        """Return the nodes of each text as the ``innerHTML`` of its context."""
        found: list[Any] = self._page.evaluate("inputs => inputs.map(readFragment)", inputs)
        return found

    def documents(self, inputs: list[str]) -> list[Any]:
        """Return the nodes of each text as a page of its own."""
        found: list[Any] = self._page.evaluate("inputs => inputs.map(readDocument)", inputs)
        return found

    def outlines(self, inputs: list[str]) -> list[str]:
        """Return the depth and name of each node, for trees that are too deep for nested lists."""
        found: list[str] = self._page.evaluate("inputs => inputs.map(readOutline)", inputs)
        return found


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Reader]:
    """One page for all inputs of a module."""
    page = browser.new_page()
    page.route(
        "**/*",
        lambda route: route.fulfill(
            body="<!doctype html><title></title>",
            content_type="text/html",
            headers={"Content-Security-Policy": POLICY},
        ),
    )
    page.goto(ADDRESS)
    page.evaluate(SCRIPT)
    yield Reader(page)
    page.close()
