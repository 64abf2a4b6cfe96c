"""Every page: accessible, inside its viewport, readable without scripts, pictured for people."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer

PAGES = [
    "",
    "counter/",
    "todo/",
    "table/",
    "form/",
    "order/",
    "assistant/",
    "chat/",
    "photos/",
    "board/",
]
LIVE_PAGES = PAGES[1:]
EVERY_PAGE = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.strip("/") or "home")
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
DEVICES = {"desktop": (1360, 900), "tablet": (820, 1180), "mobile": (360, 780)}
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => (await globalThis.axe.run()).violations.map(
  ({ id, nodes }) => [id, ...nodes.map((node) => node.html + " " + node.failureSummary)])"""


def settle(page: Page, path: str) -> None:
    if path in LIVE_PAGES:
        wait_until_ready(page)


@EVERY_PAGE
@SCHEMES
def test_axe_finds_nothing(
    server: DemoServer, context: BrowserContext, open_page: OpenPage, path: str, scheme: str
) -> None:
    context.add_init_script(AXE)
    page = open_page("about:blank", wait=False)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{server.url}{path}")
    settle(page, path)
    if path == "table/":
        # The rows are all alike, and axe takes its time for each.
        page.get_by_label("Find").fill("old abbey")
        expect(page.locator(".seeds tbody tr")).to_have_count(25)
    assert page.evaluate(RUN_AXE) == []


@pytest.mark.parametrize(("path", "button"), [("form/", "Book"), ("order/", "Order")])
def test_axe_finds_nothing_in_a_form_with_errors(
    server: DemoServer, context: BrowserContext, open_page: OpenPage, path: str, button: str
) -> None:
    context.add_init_script(AXE)
    page = open_page(f"{server.url}{path}")
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".errorlist").first).to_be_visible()
    assert page.evaluate(RUN_AXE) == []


@EVERY_PAGE
@SCHEMES
@pytest.mark.parametrize("device", DEVICES)
def test_a_page_fits_and_has_its_picture_taken(
    server: DemoServer, browser: Browser, tmp_path: Path, path: str, scheme: str, device: str
) -> None:
    width, height = DEVICES[device]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    try:
        page = context.new_page()
        page.goto(f"{server.url}{path}")
        settle(page, path)
        folder = Path(os.environ.get("DJUST_SCREENSHOTS", str(tmp_path)))
        name = f"{path.strip('/') or 'home'}-{device}-{scheme}.png"
        page.screenshot(path=folder / name, full_page=device == "mobile")
        overflow = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0
    finally:
        context.close()


@EVERY_PAGE
def test_a_page_can_be_read_without_scripts(
    server: DemoServer, browser: Browser, path: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{server.url}{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".listing pre").first).to_be_visible()
        expect(page.locator("[data-theme-toggle]")).to_be_hidden()
    finally:
        context.close()


def test_the_first_tab_stop_skips_to_the_page(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}counter/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_chosen_colours_are_kept(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}counter/")
    toggle = page.get_by_role("button", name="Dark colours")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    light = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") != light


def test_source_listings_open_one_at_a_time(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}todo/")
    expect(page.locator(".listing[open]")).to_have_count(1)
    page.get_by_text("models.py", exact=True).click()
    expect(page.locator(".listing[open]")).to_have_count(1)
    expect(page.get_by_role("region", name="models.py")).to_be_visible()


def test_leaving_and_coming_back_works(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}counter/")
    page.get_by_role("button", name="+", exact=True).click()
    expect(page.locator(".counter-value")).to_have_text("1")
    page.get_by_role("navigation").get_by_role("link", name="To-do list").click()
    expect(page.locator(".task")).to_have_count(3)
    wait_until_ready(page)
    page.go_back()
    wait_until_ready(page)
    before = int(page.locator(".counter-value").inner_text())
    page.get_by_role("button", name="+", exact=True).click()
    expect(page.locator(".counter-value")).to_have_text(str(before + 1))
