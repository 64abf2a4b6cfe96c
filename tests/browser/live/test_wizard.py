"""A form in steps, on good and bad networks, through a restart, and without JavaScript."""

from __future__ import annotations

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.demo.test_pages import AXE, RUN_AXE
from tests.browser.proxy import Proxy

WELCOME = "Ada <ada@example.org> with Engines (3)"


def go_on(page: Page, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label, exact=False).fill(text)
    page.get_by_role("button", name="Next").click()


def expect_step(page: Page, number: int) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Step {number} of 3")


def walk(page: Page) -> None:
    expect_step(page, 1)
    go_on(page, Name="Ada", Email="ada")
    expect(page.locator(".errorlist")).to_have_text("Enter a valid email address.")
    expect(page.get_by_label("Name")).to_have_value("Ada")
    go_on(page, Email="ada@example.org")
    expect_step(page, 2)
    go_on(page, Team="Engines", Size="3")
    expect_step(page, 3)
    page.get_by_role("button", name="Back").click()
    expect_step(page, 2)
    expect(page.get_by_label("Team")).to_have_value("Engines")
    page.get_by_role("button", name="Back").click()
    expect_step(page, 1)
    expect(page.get_by_label("Email")).to_have_value("ada@example.org")
    go_on(page)
    expect_step(page, 2)
    go_on(page)
    expect_step(page, 3)
    page.get_by_label("I agree").check()
    go_on(page)
    expect(page.get_by_role("status")).to_have_text(WELCOME)


def test_the_way_through_and_back(network: Proxy, open_page: OpenPage) -> None:
    walk(open_page(f"{network.url}wizard/"))


def test_the_way_on_a_slow_network(proxy: Proxy, open_page: OpenPage) -> None:
    proxy.latency_s = 0.3
    walk(open_page(f"{proxy.url}wizard/"))


def test_the_way_without_scripts(server: DemoServer, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{server.url}wizard/")
        walk(page)
    finally:
        context.close()


def test_a_drop_in_the_middle_keeps_the_steps(proxy: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{proxy.url}wizard/")
    go_on(page, Name="Ada", Email="ada@example.org")
    expect_step(page, 2)
    with proxy.down():
        expect(page.locator("body.dj-disconnected")).to_be_attached()
        page.get_by_label("Team").fill("Engines")
        go_on(page, Size="3")
    wait_until_ready(page)
    expect_step(page, 3)
    page.get_by_label("I agree").check()
    go_on(page)
    expect(page.get_by_role("status")).to_have_text(WELCOME)


def test_a_restart_keeps_the_steps(own_server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{own_server.url}wizard/")
    go_on(page, Name="Ada", Email="ada@example.org")
    expect_step(page, 2)
    own_server.kill()
    expect(page.locator("body.dj-disconnected")).to_be_attached()
    own_server.start()
    wait_until_ready(page)
    go_on(page, Team="Engines", Size="3")
    expect_step(page, 3)
    page.get_by_label("I agree").check()
    go_on(page)
    expect(page.get_by_role("status")).to_have_text(WELCOME)


def test_axe_finds_nothing_in_any_step(
    server: DemoServer, context: BrowserContext, open_page: OpenPage
) -> None:
    context.add_init_script(AXE)
    page = open_page(f"{server.url}wizard/")
    go_on(page)
    expect(page.locator(".errorlist").first).to_be_visible()
    assert page.evaluate(RUN_AXE) == []
    go_on(page, Name="Ada", Email="ada@example.org")
    expect_step(page, 2)
    assert page.evaluate(RUN_AXE) == []
