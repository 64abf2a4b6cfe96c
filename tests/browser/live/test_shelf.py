"""What is shown under an address, when the server has forgotten all about the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo.conftest import OpenPage
from tests.browser.live.conftest import SiteServer
from tests.browser.proxy import Proxy

# The click comes at the first moment at which there is something to click on.
CLICK_AT_ONCE = """() => {
  globalThis.headings = [];
  new MutationObserver(() => {
    headings.push(document.querySelector("h1").textContent);
    if (!document.body.matches(".dj-connected:not(.dj-disconnected)") || globalThis.clicked) return;
    globalThis.clicked = true;
    document.querySelector("main > button").click();
  }).observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
}"""


def lose_all(server: SiteServer, page: Page) -> None:
    server.kill()
    expect(page.locator("body.dj-disconnected")).to_be_attached()


@pytest.mark.parametrize("latency_s", [0.0, 0.15], ids=["fair", "slow"])
def test_a_page_whose_state_is_lost_shows_its_address_and_nothing_else(
    tmp_path: Path, empty_site: Path, open_page: OpenPage, latency_s: float
) -> None:
    with (
        SiteServer(tmp_path, empty_site, SITE_BACKEND="memory") as server,
        Proxy(server.port) as proxy,
    ):
        proxy.latency_s = latency_s
        page = open_page(f"{proxy.url}shelf/")
        page.get_by_role("link", name="Book 2").click()
        expect(page.get_by_role("heading")).to_have_text("Emma")
        page.get_by_label("Title").fill("Emma, by Jane")
        lose_all(server, page)
        page.evaluate(CLICK_AT_ONCE)
        server.start()
        expect(page.locator("p")).to_have_text("2 is gone")
        assert set(page.evaluate("() => globalThis.headings")) == {"Emma"}
        expect(page.get_by_label("Title")).to_have_value("Emma, by Jane")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("p")).to_have_text("2 is Emma, by Jane")
        page.close()


def test_what_was_done_without_a_connection_is_done_under_the_address(
    tmp_path: Path, empty_site: Path, open_page: OpenPage
) -> None:
    with SiteServer(tmp_path, empty_site, SITE_BACKEND="memory") as server:
        page = open_page(f"{server.url}shelf/?book=3")
        page.get_by_role("link", name="Book 2").click()
        expect(page.get_by_role("heading")).to_have_text("Emma")
        lose_all(server, page)
        page.get_by_label("Title").fill("Emma, by Jane")
        page.get_by_role("button", name="Save").click()
        server.start()
        expect(page.locator("p")).to_have_text("2 is Emma, by Jane")
        expect(page.get_by_role("heading")).to_have_text("Emma")
        page.close()
