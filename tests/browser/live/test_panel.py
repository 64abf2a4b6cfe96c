"""The developer's panel: what turns did, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.demo.conftest import OpenPage
from tests.browser.demo.server import DemoServer
from tests.browser.demo.test_pages import AXE, RUN_AXE
from tests.browser.live.conftest import SiteServer


@pytest.fixture
def watched(empty_site: Path, tmp_path: Path) -> Iterator[SiteServer]:
    with SiteServer(tmp_path, empty_site, DEMO_DEBUG="1", SITE_PANEL="1") as made:
        yield made


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_turns_are_listed_and_taken_back(
    watched: SiteServer, context: BrowserContext, open_page: OpenPage
) -> None:
    context.add_init_script(AXE)
    page = open_page(f"{watched.url}errors/")
    press(page, "djust")
    for number in (1, 2, 3):
        press(page, "More")
        expect(page.locator("h1")).to_have_text(f"Errors {number}")
    turns = page.get_by_role("region", name="Turns of this page").locator("li")
    expect(turns).to_have_count(4)
    expect(turns.nth(1)).to_contain_text("2 ErrorsView more")
    turns.nth(1).get_by_role("button").click()
    panel = page.locator("djust-panel")
    expect(panel).to_contain_text("count = 1")
    expect(panel).to_contain_text('["reply",1,1,')
    assert page.evaluate(RUN_AXE) == []
    press(page, "Go back to here")
    expect(page.locator("h1")).to_have_text("Errors 1")
    press(page, "More")
    expect(page.locator("h1")).to_have_text("Errors 2")
    press(page, "djust")
    expect(turns.first).to_be_hidden()


def test_nested_views_tell_theirs(watched: SiteServer, open_page: OpenPage) -> None:
    page = open_page(f"{watched.url}nested/")
    press(page, "djust")
    press(page, "More a")
    press(page, "Click")
    panel = page.locator("djust-panel")
    expect(panel).to_contain_text("Gauge more")
    expect(panel).to_contain_text("Board click")


def test_other_pages_know_nothing_of_it(
    shared_debug_server: DemoServer, open_page: OpenPage
) -> None:
    page = open_page(f"{shared_debug_server.url}errors/")
    expect(page.locator("djust-panel")).to_have_count(0)
    assert "panel.js" not in page.content()
