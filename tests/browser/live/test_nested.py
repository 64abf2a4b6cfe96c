"""Nested live views: each on its own socket, each with its own fate."""

from __future__ import annotations

from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.demo.test_pages import AXE, RUN_AXE
from tests.browser.proxy import Proxy


def part(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def value(page: Page, name: str) -> Locator:
    return part(page, name).locator(".value")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def expect_live(page: Page, name: str) -> None:
    expect(part(page, name).locator("[data-djust-view].dj-connected")).to_be_attached()


def test_each_takes_its_own_events(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}nested/")
    press(page, "More a")
    press(page, "More a")
    press(page, "More b")
    press(page, "Click")
    expect(value(page, "a")).to_have_text("3")
    expect(value(page, "b")).to_have_text("3")
    expect(page.get_by_role("heading", level=1)).to_have_text("Board 1")
    note = page.get_by_label("Note for a")
    note.fill("first")
    note.press("Enter")
    expect(part(page, "a").locator("li")).to_have_text(["first"])
    expect(note).to_have_value("")
    expect(part(page, "b").locator("li")).to_have_count(0)


def test_the_page_changes_around_what_is_typed_inside(
    server: DemoServer, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}nested/")
    note = page.get_by_label("Note for a")
    note.press_sequentially("half")
    page.get_by_role("button", name="Click", exact=True).evaluate("(button) => button.click()")
    expect(page.get_by_role("heading", level=1)).to_have_text("Board 1")
    expect(note).to_be_focused()
    page.keyboard.type(" done")
    expect(note).to_have_value("half done")


def test_an_error_inside_concerns_nobody_else(own_server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{own_server.url}nested/")
    press(page, "More a")
    expect(value(page, "a")).to_have_text("2")
    press(page, "Fail a")
    press(page, "More a")
    press(page, "More b")
    press(page, "Click")
    expect(value(page, "a")).to_have_text("3")
    expect(value(page, "b")).to_have_text("3")
    expect(page.get_by_role("heading", level=1)).to_have_text("Board 1")
    assert "on purpose" in own_server.log


def test_one_that_cannot_start_comes_when_it_can(
    own_server: DemoServer, open_page: OpenPage
) -> None:
    urlopen(f"{own_server.url}break/a/1/").close()
    page = open_page(f"{own_server.url}nested/")
    expect(part(page, "a").locator(".dj-error")).to_be_attached()
    expect(value(page, "a")).to_have_count(0)
    press(page, "More b")
    press(page, "Click")
    expect(value(page, "b")).to_have_text("3")
    expect(page.locator("body.dj-error")).to_have_count(0)
    urlopen(f"{own_server.url}break/a/0/").close()
    expect(value(page, "a")).to_have_text("1")
    press(page, "More a")
    expect(value(page, "a")).to_have_text("2")
    expect(part(page, "a").locator(".dj-error")).to_have_count(0)


def test_one_that_comes_later_lives_and_goes_again(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}nested/")
    for _ in range(2):
        press(page, "Toggle the third")
        expect(value(page, "c")).to_have_text("0")
        expect_live(page, "c")
        press(page, "More c")
        expect(value(page, "c")).to_have_text("1")
        press(page, "Toggle the third")
        expect(part(page, "c")).to_have_count(0)
    press(page, "More a")
    expect(value(page, "a")).to_have_text("2")


def test_news_reaches_all(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}nested/")
    expect_live(page, "a")
    expect_live(page, "b")
    press(page, "All")
    expect(value(page, "a")).to_have_text("11")
    expect(value(page, "b")).to_have_text("12")


def test_a_slow_network_and_a_drop_lose_nothing(proxy: Proxy, open_page: OpenPage) -> None:
    proxy.latency_s = 0.3
    page = open_page(f"{proxy.url}nested/")
    for _ in range(3):
        press(page, "More a")
    press(page, "Click")
    expect(value(page, "a")).to_have_text("4")
    proxy.latency_s = 0.0
    with proxy.down():
        expect(page.locator("body.dj-disconnected")).to_be_attached()
        expect(part(page, "a").locator(".dj-disconnected")).to_be_attached()
        press(page, "More a")
        press(page, "More b")
        press(page, "Click")
    wait_until_ready(page)
    expect(value(page, "a")).to_have_text("5")
    expect(value(page, "b")).to_have_text("3")
    expect(page.get_by_role("heading", level=1)).to_have_text("Board 2")


def test_a_restart_keeps_each(own_server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{own_server.url}nested/")
    press(page, "More a")
    press(page, "Toggle the third")
    expect_live(page, "c")
    press(page, "More c")
    expect(value(page, "a")).to_have_text("2")
    expect(value(page, "c")).to_have_text("1")
    own_server.kill()
    expect(page.locator("body.dj-disconnected")).to_be_attached()
    own_server.start()
    wait_until_ready(page)
    for name, number in [("a", "3"), ("b", "3"), ("c", "2")]:
        expect_live(page, name)
        press(page, f"More {name}")
        expect(value(page, name)).to_have_text(number)


def test_the_page_shows_them_without_scripts_and_to_everybody(
    server: DemoServer, browser: Browser, context: BrowserContext, open_page: OpenPage
) -> None:
    plain = browser.new_context(java_script_enabled=False)
    try:
        page = plain.new_page()
        page.goto(f"{server.url}nested/")
        expect(value(page, "a")).to_have_text("1")
    finally:
        plain.close()
    context.add_init_script(AXE)
    page = open_page(f"{server.url}nested/")
    expect_live(page, "a")
    assert page.evaluate(RUN_AXE) == []
