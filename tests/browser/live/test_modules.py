"""Modules that could not be fetched the first time."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.demo.server import DemoServer


def open_without(page: Page, url: str, module: str) -> None:
    """Show a page whose first request for a module is lost."""
    lost: list[str] = []

    def answer(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.abort()

    page.route(re.compile(rf"/{module}\.js"), answer)
    page.goto(url)
    expect(page.locator("body.dj-connected")).to_have_count(1)
    page.wait_for_load_state("networkidle")
    assert len(lost) == 1


@pytest.mark.parametrize(
    ("module", "button", "outcome"),
    [
        ("commands", "Menu", "#menu:not([hidden])"),
        ("status", "Red", ".dj-banner"),
    ],
)
def test_a_module_is_fetched_again_with_the_next_use(
    server: DemoServer,
    new_visitor: Callable[[], BrowserContext],
    module: str,
    button: str,
    outcome: str,
) -> None:
    page = new_visitor().new_page()
    open_without(page, f"{server.url}decorated/", module)
    page.wait_for_function(
        """([name, outcome]) => {
          const buttons = [...document.querySelectorAll("button")];
          buttons.find(({ textContent }) => textContent === name).click();
          return document.querySelector(outcome); }""",
        arg=[button, outcome],
        polling=100,
    )
