"""Django's Paginator: pages by link, in the URL, back and forward, and without JavaScript."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy


def expect_page(page: Page, number: int, first: str) -> None:
    expect(page.locator("[aria-current=page]")).to_have_text(str(number))
    expect(page.locator("li").first).to_have_text(first)


def test_links_lead_through_the_pages(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}paged/")
    expect_page(page, 1, "Plant 1")
    page.get_by_role("link", name="On").click()
    expect_page(page, 2, "Plant 11")
    expect(page).to_have_url(re.compile("page=2"))
    page.get_by_role("link", name="5", exact=True).click()
    expect_page(page, 5, "Plant 41")
    expect(page.locator("li")).to_have_count(7)
    expect(page.get_by_role("link", name="On")).to_have_count(0)
    page.go_back()
    expect_page(page, 2, "Plant 11")
    page.go_forward()
    expect_page(page, 5, "Plant 41")


def test_finding_starts_at_the_first_page(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}paged/?page=3")
    expect_page(page, 3, "Plant 21")
    page.get_by_label("Find").press_sequentially("plant 4", delay=20)
    expect_page(page, 1, "Plant 4")
    expect(page.locator("li")).to_have_count(9)
    expect(page.get_by_label("Find")).to_have_value("plant 4")
    expect(page).to_have_url(re.compile("q=plant"))
    page.reload()
    wait_until_ready(page)
    expect_page(page, 1, "Plant 4")


def test_the_same_links_work_without_scripts(server: DemoServer, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{server.url}paged/")
        page.get_by_role("link", name="On").click()
        expect_page(page, 2, "Plant 11")
    finally:
        context.close()
