"""A form of django-crispy-forms, on good and bad networks and without JavaScript."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.demo.conftest import OpenPage
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy

WRONG = "Enter a valid email address."


def test_it_is_checked_while_it_is_filled_in(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}crispy/")
    email = page.get_by_label("Email")
    email.fill("nobody")
    email.press("Tab")
    expect(page.get_by_text(WRONG)).to_be_visible()
    expect(email).to_have_value("nobody")
    email.fill("ada@example.org")
    email.press("Tab")
    expect(page.get_by_text(WRONG)).to_have_count(0)
    page.get_by_label("Seats").fill("3")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("status")).to_have_text("ada@example.org comes with 3")
    expect(email).to_have_value("")


def test_it_works_without_scripts(server: DemoServer, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{server.url}crispy/")
        page.get_by_label("Email").fill("nobody")
        page.get_by_role("button", name="Go").click()
        expect(page.get_by_text(WRONG)).to_be_visible()
        page.get_by_label("Email").fill("ada@example.org")
        page.get_by_role("button", name="Go").click()
        expect(page.get_by_role("status")).to_have_text("ada@example.org comes with 1")
    finally:
        context.close()
