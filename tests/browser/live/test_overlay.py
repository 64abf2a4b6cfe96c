"""What a developer sees of an error; a visitor of the real site sees and loads nothing of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.demo.conftest import OpenPage
from tests.browser.demo.server import DemoServer
from tests.browser.demo.test_pages import AXE, RUN_AXE


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ("Divide", ["DJL203", "ZeroDivisionError", "live_site/errors.py:", "self.count = 1 // 0"]),
        (
            "Spoil",
            ["DJL205", "TypeError", "live_site/templates/errors.html:7", "{% for row in rows %}"],
        ),
        ("Take", ["DJL202", "number", "int"]),
        ("Missing", ["DJL201", "missing", "@event_handler"]),
    ],
)
def test_an_error_says_what_where_and_what_to_do(
    shared_debug_server: DemoServer, open_page: OpenPage, button: str, said: list[str]
) -> None:
    page = open_page(f"{shared_debug_server.url}errors/")
    press(page, button)
    alert = page.get_by_role("alert")
    for text in said:
        expect(alert).to_contain_text(text)
    expect(alert).to_contain_text("docs/reference/errors.md#djl")
    # The page lives on below it.
    press(page, "More")
    expect(page.locator("h1")).to_have_text("Errors 1")
    page.keyboard.press("Escape")
    expect(alert).to_have_count(0)


def test_it_is_closed_by_its_button_and_is_accessible(
    shared_debug_server: DemoServer, context: BrowserContext, open_page: OpenPage
) -> None:
    context.add_init_script(AXE)
    page = open_page(f"{shared_debug_server.url}errors/")
    press(page, "Divide")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate(RUN_AXE) == []
    press(page, "Close")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_outside_of_debug_nothing_is_told_or_loaded(
    own_server: DemoServer, open_page: OpenPage
) -> None:
    page = open_page(f"{own_server.url}errors/")
    page.evaluate(
        """() => document.addEventListener("djust:error",
             ({ detail }) => { globalThis.told = detail; })"""
    )
    press(page, "Divide")
    page.wait_for_function("() => globalThis.told")
    assert page.evaluate("() => globalThis.told") == {"code": "DJL203", "text": ""}
    expect(page.get_by_role("alert")).to_have_count(0)
    assert "/dev/" not in own_server.log
