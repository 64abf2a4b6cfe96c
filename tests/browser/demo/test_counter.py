"""The counter: no click is lost, doubled or reordered, whatever the network does."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy

CLICK_TIMES = """(times) => {
  const button = document.querySelector("[dj-click=increment]");
  for (let click = 0; click < times; click += 1) button.click();
}"""
RECORD_VALUES = """() => {
  const output = document.querySelector(".counter-value");
  globalThis.seen = [];
  new MutationObserver(() => globalThis.seen.push(Number(output.textContent)))
    .observe(output, { childList: true, characterData: true, subtree: true });
}"""


def value(page: Page) -> Locator:
    return page.locator(".counter-value")


def plus(page: Page) -> Locator:
    return page.get_by_role("button", name="+", exact=True)


def test_a_click_counts(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}counter/")
    plus(page).click()
    expect(value(page)).to_have_text("1")


def test_twenty_clicks_in_one_task_count_twenty(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}counter/")
    page.evaluate(CLICK_TIMES, 20)
    expect(value(page)).to_have_text("20")


def test_clicks_under_latency_arrive_in_order(proxy: Proxy, open_page: OpenPage) -> None:
    proxy.latency_s = 0.3
    page = open_page(f"{proxy.url}counter/")
    page.evaluate(RECORD_VALUES)
    for _ in range(5):
        plus(page).click()
    expect(value(page)).to_have_text("5")
    assert page.evaluate("() => globalThis.seen") == [1, 2, 3, 4, 5]


def test_clicks_before_the_page_is_ready_are_kept(proxy: Proxy, open_page: OpenPage) -> None:
    proxy.latency_s = 0.3
    page = open_page(f"{proxy.url}counter/", wait=False)
    plus(page).click()
    plus(page).click()
    expect(value(page)).to_have_text("2")


def test_clicks_during_a_short_drop_count(proxy: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{proxy.url}counter/")
    page.evaluate(CLICK_TIMES, 2)
    expect(value(page)).to_have_text("2")
    with proxy.down():
        for _ in range(3):
            plus(page).click()
        page.wait_for_timeout(300)
    expect(value(page)).to_have_text("5")


def test_a_long_drop_is_shown_and_the_state_is_kept(proxy: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{proxy.url}counter/")
    page.evaluate(CLICK_TIMES, 2)
    expect(value(page)).to_have_text("2")
    with proxy.down():
        expect(page.get_by_text("Reconnecting", exact=True)).to_be_visible()
        page.evaluate(CLICK_TIMES, 3)
    wait_until_ready(page)
    expect(value(page)).to_have_text("5")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()


def test_many_drops_in_a_row_lose_nothing(proxy: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{proxy.url}counter/")
    for _ in range(8):
        page.evaluate(CLICK_TIMES, 2)
        proxy.cut()
        page.evaluate(CLICK_TIMES, 1)
    expect(value(page)).to_have_text("24")


def test_tabs_of_one_visitor_are_independent(network: Proxy, open_page: OpenPage) -> None:
    first = open_page(f"{network.url}counter/")
    second = open_page(f"{network.url}counter/")
    first.evaluate(CLICK_TIMES, 3)
    second.evaluate(CLICK_TIMES, 1)
    expect(value(first)).to_have_text("3")
    expect(value(second)).to_have_text("1")


def test_the_step_changes_what_a_click_adds(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}counter/")
    page.get_by_role("radio", name="10").check()
    plus(page).click()
    expect(value(page)).to_have_text("10")
    page.get_by_role("radio", name="5", exact=True).check()
    page.get_by_role("button", name="\N{MINUS SIGN}").click()
    expect(value(page)).to_have_text("5")
    expect(page.get_by_role("radio", name="5", exact=True)).to_be_checked()
    page.get_by_role("button", name="Back to zero").click()
    expect(value(page)).to_have_text("0")


def test_the_keyboard_is_enough(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}counter/")
    plus(page).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(value(page)).to_have_text("2")
    expect(plus(page)).to_be_focused()


def test_a_reload_starts_a_new_view_and_shows_it(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}counter/")
    page.get_by_role("radio", name="10").check()
    plus(page).click()
    expect(value(page)).to_have_text("10")
    page.reload()
    wait_until_ready(page)
    expect(value(page)).to_have_text("0")
    # Browsers give reloaded controls what they held before; the server knows nothing of it.
    expect(page.get_by_role("radio", name="1", exact=True)).to_be_checked()
    plus(page).click()
    expect(value(page)).to_have_text("1")
