"""Streams in a real browser: every character in order, as fast as the browser reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.proxy import Proxy
from tests.browser.streaming.server import StreamingServer

READY = "body.dj-connected:not(.dj-disconnected)"
TOLD = "".join(f"{number} " for number in range(100_000))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The test project of djust-streaming under uvicorn."""
    with StreamingServer(tmp_path_factory.mktemp("streaming")) as server:
        yield server.port


@pytest.fixture
def proxy(port: int) -> Iterator[Proxy]:
    """A network that the test may spoil."""
    with Proxy(port) as made:
        yield made


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    expect(page.locator(READY)).to_be_attached()
    return page


def count(page: Page) -> None:
    page.evaluate("() => void djust.pushEvent('count', { to: 100000 })")


def expect_told(page: Page) -> None:
    story = page.locator("[dj-stream=story]")
    expect(story).to_have_attribute("dj-stream-state", "done")
    assert page.evaluate("() => document.querySelector('[dj-stream=story]').textContent") == TOLD


def test_a_hundred_thousand_pieces_arrive_in_order(page: Page, proxy: Proxy) -> None:
    opened(page, f"{proxy.url}story/")
    count(page)
    expect_told(page)


def test_drops_in_the_middle_lose_nothing(page: Page, proxy: Proxy) -> None:
    proxy.latency_s = 0.05
    opened(page, f"{proxy.url}story/")
    count(page)
    for length in (1_000, 200_000):
        page.wait_for_function(
            "(length) => document.querySelector('[dj-stream=story]').textContent.length > length",
            arg=length,
        )
        proxy.cut()
    expect_told(page)


def test_rows_stay_while_others_come_and_go(page: Page, proxy: Proxy) -> None:
    opened(page, f"{proxy.url}chat/")
    page.evaluate("() => { globalThis.first = document.querySelector('li') }")
    page.evaluate("() => djust.pushEvent('add', { ids: [3, 4], at: 0, limit: null })")
    rows = page.locator("li")
    expect(rows).to_have_text(["4 new 4", "3 new 3", "1 one", "2 <two>"])
    page.evaluate("() => djust.pushEvent('rename')")
    expect(page.locator("h1")).to_have_text("changed")
    expect(rows).to_have_count(4)
    assert page.evaluate("() => document.querySelectorAll('li')[2] === globalThis.first")


def test_a_row_that_is_replaced_keeps_focus_and_what_is_typed(page: Page, proxy: Proxy) -> None:
    opened(page, f"{proxy.url}notes/")
    field = page.get_by_label("Note on 1")
    field.click()
    field.press_sequentially("typed")
    page.evaluate("() => djust.pushEvent('rename', { number: 1 })")
    expect(page.locator("li").first).to_contain_text("changed")
    expect(field).to_be_focused()
    field.press_sequentially(" on")
    expect(field).to_have_value("typed on")
    field.press("Enter")
    expect(page.locator("p")).to_have_text("1: typed on")


def test_rendered_html_takes_the_place_of_the_text_it_came_as(page: Page, proxy: Proxy) -> None:
    opened(page, f"{proxy.url}notes/")
    page.evaluate("() => djust.pushEvent('answer')")
    answer = page.locator("[dj-stream=answer]")
    expect(answer.locator("em")).to_have_text("loud")
    page.evaluate("() => djust.pushEvent('rename', { number: 1 })")
    expect(page.locator("li").first).to_contain_text("changed")
    proxy.cut()
    expect(page.locator(READY)).to_be_attached()
    expect(answer).to_have_text("loud")
    expect(answer).to_have_attribute("dj-stream-state", "done")
