"""Messages: of views and of Django, before and after the page is left."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser.demo.conftest import OpenPage
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_view_says_something_and_takes_it_back(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}words/")
    place = page.get_by_role("status").filter(has_text="")
    press(page, "Say")
    message = page.locator("[dj-flash] .dj-flash-success")
    expect(message).to_have_text("Saved <b>all</b>.")
    press(page, "Count")
    expect(page.get_by_role("heading", level=1)).to_have_text("Words 1")
    expect(message).to_have_count(1)
    press(page, "Clear")
    expect(message).to_have_count(0)
    expect(place.first).to_be_attached()


def test_a_message_goes_along_to_a_plain_page(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}words/")
    press(page, "Leave")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plain")
    expect(page.locator("li.warning")).to_have_text(["You left."])
    page.reload()
    expect(page.locator("li")).to_have_count(0)


def test_messages_of_django_views_are_shown_once(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}told/")
    expect(page.locator(".dj-flash-error")).to_have_text("From a Django view.")
    press(page, "Count")
    expect(page.get_by_role("heading", level=1)).to_have_text("Words 1")
    expect(page.locator(".dj-flash-error")).to_have_count(1)
    page.goto(f"{server.url}words/")
    expect(page.locator(".dj-flash-error")).to_have_count(0)


def test_what_mount_says_is_on_the_page_without_scripts(
    server: DemoServer, browser: Browser, open_page: OpenPage
) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{server.url}words/?hello=1")
        expect(page.locator(".dj-flash-info")).to_have_text("Hello.")
    finally:
        context.close()
    page = open_page(f"{server.url}words/?hello=1")
    expect(page.locator(".dj-flash-info")).to_have_text(["Hello."])
