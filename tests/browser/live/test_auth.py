"""Open pages when their user logs out elsewhere, loses a right, or is forgotten by time."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy


def log_in(open_page: OpenPage, url: str, name: str, path: str) -> Page:
    page = open_page(f"{url}login/?name={name}&next={path}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Hello {name}")
    return page


def more(page: Page) -> None:
    page.get_by_role("button", name="More").click()


def expect_login(page: Page, path: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    expect(page.locator("p")).to_have_text(path)


def test_a_visitor_is_led_to_the_login_and_back(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}members/", wait=False)
    expect_login(page, "/members/")
    page = log_in(open_page, server.url, "ann", "/members/")
    more(page)
    expect(page.locator(".count")).to_have_text("1")


def test_a_logout_in_another_tab_reaches_the_open_page(proxy: Proxy, open_page: OpenPage) -> None:
    proxy.latency_s = 0.1
    page = log_in(open_page, proxy.url, "ben", "/members/")
    more(page)
    expect(page.locator(".count")).to_have_text("1")
    open_page(f"{proxy.url}logout/", wait=False)
    # Nobody touches the page.
    expect_login(page, "/members/")


def test_a_logout_while_the_page_is_away_is_seen_when_it_returns(
    proxy: Proxy, server: DemoServer, open_page: OpenPage
) -> None:
    page = log_in(open_page, proxy.url, "cleo", "/members/")
    with proxy.down():
        expect(page.locator("body.dj-disconnected")).to_be_attached()
        # The cookies of the host are the same on the other port.
        open_page(f"{server.url}logout/", wait=False)
        more(page)
    expect_login(page, "/members/")


def test_a_permission_that_goes_ends_the_page(server: DemoServer, open_page: OpenPage) -> None:
    page = log_in(open_page, server.url, "dora", "/staff/")
    more(page)
    expect(page.locator(".count")).to_have_text("1")
    open_page(f"{server.url}revoke/dora/", wait=False)
    # Nobody touches the page.
    expect(page.get_by_role("heading", level=1)).to_have_text("403 Forbidden")


def test_a_handler_that_needs_more_refuses_and_the_page_goes_on(
    server: DemoServer, open_page: OpenPage
) -> None:
    page = log_in(open_page, server.url, "emil", "/members/")
    page.evaluate(
        """() => document.addEventListener("djust:error",
             ({ detail }) => { globalThis.refused = detail.code; })"""
    )
    page.get_by_role("button", name="Remove").click()
    page.wait_for_function("() => globalThis.refused")
    more(page)
    expect(page.locator(".count")).to_have_text("1")


def test_a_session_that_expired_ends_the_page_with_the_next_event(
    own_server: DemoServer, open_page: OpenPage
) -> None:
    page = log_in(open_page, own_server.url, "fay", "/members/")
    more(page)
    expect(page.locator(".count")).to_have_text("1")
    open_page(f"{own_server.url}expire/", wait=False)
    more(page)
    expect_login(page, "/members/")


def test_another_user_in_the_same_browser_gets_a_page_of_their_own(
    server: DemoServer, open_page: OpenPage
) -> None:
    page = log_in(open_page, server.url, "gus", "/members/")
    more(page)
    log_in(open_page, server.url, "hal", "/members/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello hal")
    wait_until_ready(page)
    expect(page.locator(".count")).to_have_text("0")
