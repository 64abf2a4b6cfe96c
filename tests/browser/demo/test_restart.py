"""A server that is stopped, killed or started anew leaves no dead page behind."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer

END = pytest.mark.parametrize("end", ["stop", "kill"])


@END
def test_a_page_works_again_after_a_restart(
    own_server: DemoServer, open_page: OpenPage, end: str
) -> None:
    page = open_page(f"{own_server.url}counter/")
    plus = page.get_by_role("button", name="+", exact=True)
    value = page.locator(".counter-value")
    for _ in range(3):
        plus.click()
    expect(value).to_have_text("3")
    getattr(own_server, end)()
    expect(page.get_by_text("Reconnecting", exact=True)).to_be_visible()
    own_server.start()
    wait_until_ready(page)
    # The view is found again or begins anew; either way it shows what the server holds.
    plus.click()
    expect(value).to_have_text(re.compile("^[14]$"))


@END
def test_stored_rows_are_there_after_a_restart(
    own_server: DemoServer, open_page: OpenPage, end: str
) -> None:
    page = open_page(f"{own_server.url}todo/")
    page.get_by_role("button", name="Delete: Move this one up").click()
    expect(page.locator(".task")).to_have_count(2)
    getattr(own_server, end)()
    expect(page.get_by_text("Reconnecting", exact=True)).to_be_visible()
    own_server.start()
    wait_until_ready(page)
    expect(page.locator(".task")).to_have_count(2)
    page.get_by_role("button", name="Delete: Tick this one off").click()
    expect(page.locator(".task")).to_have_count(1)
