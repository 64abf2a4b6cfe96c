"""The watch over the pages sees violations: a suite that finds none must be able to."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.demo.conftest import WATCH_POLICY
from tests.browser.demo.server import DemoServer

VIOLATIONS = {
    "markup from a string": "() => { document.body.insertAdjacentHTML('beforeend', '<p>') }",
    "inline style": """() => {
        const sheet = document.createElement("style");
        sheet.textContent = "p { color: red }";
        document.head.append(sheet);
    }""",
    "foreign image": """() => {
        const image = new Image();
        image.src = "http://127.0.0.2:9/";
        document.body.append(image);
    }""",
    "foreign socket": """() => { new WebSocket("ws://127.0.0.2:9/") }""",
}


@pytest.mark.parametrize("script", VIOLATIONS.values(), ids=VIOLATIONS)
def test_a_violation_is_seen(server: DemoServer, context: BrowserContext, script: str) -> None:
    page = context.new_page()
    page.add_init_script(WATCH_POLICY)
    page.goto(f"{server.url}counter/")
    expect(page.locator("body.dj-connected")).to_be_attached()
    assert page.evaluate("() => globalThis.violations") == []
    page.evaluate(f"() => {{ try {{ ({script})() }} catch {{ /* refused */ }} }}")
    # The event is dispatched in a task of its own.
    page.wait_for_function("() => globalThis.violations.length > 0")
