"""Every decorator of handlers, and commands written in Python, from the click to the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo.conftest import OpenPage
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy

KEEP_ERRORS = """() => document.addEventListener("djust:error", ({ detail }) => {
  document.documentElement.dataset.refused = detail.code; })"""


@pytest.fixture
def page(server: DemoServer, open_page: OpenPage) -> Page:
    return open_page(f"{server.url}decorated/")


def stalled(proxy: Proxy, open_page: OpenPage) -> Page:
    """Return the page with everything loaded, and the network silent from then on."""
    page = open_page(f"{proxy.url}decorated/")
    page.wait_for_load_state("networkidle")
    proxy.stall()
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_debounce_sends_the_last_of_a_burst(page: Page) -> None:
    page.get_by_label("Search").type("abc")
    expect(page.locator("#summary")).to_have_text("d:abc")


def test_throttle_sends_the_first_and_the_last(page: Page) -> None:
    page.evaluate(
        """() => { const box = document.querySelector("[aria-label=Move]");
        for (const value of ["a", "ab", "abc"]) {
          box.value = value; box.dispatchEvent(new InputEvent("input", { bubbles: true })); } }"""
    )
    expect(page.locator("#summary")).to_have_text(re.compile(r"^\s*t:\w+ t:abc\s*$"))


def test_cache_shows_the_answer_without_the_handler(page: Page) -> None:
    row = page.get_by_role("listitem")
    press(page, "Find")
    first = row.text_content() or ""
    assert first.startswith("ab ")
    press(page, "Clear")
    expect(row).to_have_count(0)
    press(page, "Find")
    expect(row).to_have_text(first)


@pytest.mark.parametrize(("name", "after"), [("Like", "6"), ("Refused", "5")])
def test_optimistic_shows_at_once_and_gives_way_to_the_answer(
    proxy: Proxy, open_page: OpenPage, name: str, after: str
) -> None:
    page = stalled(proxy, open_page)
    button = page.get_by_role("button", name=name, exact=True)
    button.click()
    expect(page.locator("#likes")).to_have_text("6")
    expect(button).to_have_class("done")
    proxy.flow()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    expect(page.locator("#likes")).to_have_text(after)
    assert ("done" in (button.get_attribute("class") or "")) == (after == "6")


def test_optimistic_without_rules_leaves_them_to_the_element(
    proxy: Proxy, open_page: OpenPage
) -> None:
    page = stalled(proxy, open_page)
    press(page, "Nothing")
    expect(page.locator("main.seen")).to_have_count(1)
    proxy.flow()
    expect(page.locator("main.seen")).to_have_count(0)


def test_client_state_reaches_the_bus(page: Page) -> None:
    press(page, "Red")
    expect(page.locator("#chosen")).to_have_text("red")
    page.wait_for_function("() => globalThis.djust.state?.chosen === 'red'")


def test_permission_and_rate_are_refused_with_a_code(page: Page) -> None:
    page.evaluate(KEEP_ERRORS)
    press(page, "Forbidden")
    expect(page.locator("html")).to_have_attribute("data-refused", "DJL204")
    press(page, "Rarely")
    expect(page.locator("#ran")).to_have_text("1")
    press(page, "Rarely")
    expect(page.locator("html")).to_have_attribute("data-refused", "DJL206")
    expect(page.locator("#chosen")).to_have_text("none")
    expect(page.locator("#ran")).to_have_text("1")


def test_background_work_shows_what_it_assigns(page: Page) -> None:
    press(page, "Work")
    expect(page.locator("#percent")).to_have_text("100")


def test_an_action_says_why_it_failed(own_server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{own_server.url}decorated/")
    press(page, "Save")
    expect(page.locator("#error")).to_have_text("the shelf is full")


def test_commands_of_python_run_in_the_browser(page: Page) -> None:
    press(page, "Menu")
    expect(page.locator("#menu")).to_be_visible()
    expect(page.locator("section.open")).to_have_count(1)
    expect(page.locator("#first")).to_be_focused()
    press(page, "Menu")
    expect(page.locator("#menu")).to_be_hidden()
    press(page, "Both")
    expect(page.locator("#chosen")).to_have_text("from JS")
    expect(page.locator("#menu")).to_have_attribute("data-step", "2")
    press(page, "Away")
    expect(page.get_by_role("heading", level=1)).to_have_text("Words 0")


def type_at_once(page: Page, label: str) -> None:
    """Type three letters with no time between them."""
    page.get_by_label(label, exact=True).evaluate(
        """box => { for (const value of ["a", "ab", "abc"]) {
          box.value = value; box.dispatchEvent(new InputEvent("input", { bubbles: true })); } }"""
    )


def test_rules_of_components_are_theirs_alone(proxy: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{proxy.url}shelves/")
    press(page, "Add")
    press(page, "Add")
    shelf = page.locator("#b")
    expect(shelf).to_be_visible()
    page.wait_for_load_state("networkidle")
    type_at_once(page, "Search b")
    expect(shelf.locator(".heard")).to_have_text("s:a s:abc")
    type_at_once(page, "Move b")
    expect(shelf.locator(".heard")).to_have_text("s:a s:abc m:abc")
    type_at_once(page, "Search all")
    expect(page.locator("#heard")).to_have_text("a ab abc")
    proxy.stall()
    press(page, "Like all")
    press(page, "Like b")
    expect(page.locator("fieldset.done legend")).to_have_text(["Shelf b"])
    expect(shelf.locator(".likes")).to_have_text("0")
    proxy.flow()
    expect(shelf.locator(".likes")).to_have_text("1")
    expect(page.locator("fieldset.done")).to_have_count(0)


@pytest.mark.parametrize("latency_s", [0.0, 0.15], ids=["fair", "slow"])
def test_nested_views_keep_their_own_rules(
    proxy: Proxy, open_page: OpenPage, latency_s: float
) -> None:
    proxy.latency_s = latency_s
    page = open_page(f"{proxy.url}around/")
    press(page, "Add")
    expect(page.locator("[data-djust-view].dj-connected")).to_have_count(2)
    page.wait_for_load_state("networkidle")
    type_at_once(page, "Search all")
    expect(page.locator("#heard")).to_have_text("abc")
    for key in "ab":
        type_at_once(page, f"Search {key}")
        expect(page.locator(f"#{key} .heard")).to_have_text("i:a i:abc")
    # A page that attaches again hears the rules of its own view again.
    proxy.cut()
    expect(page.locator("[data-djust-view].dj-connected")).to_have_count(2)
    type_at_once(page, "Search b")
    expect(page.locator("#b .heard")).to_have_text("i:a i:abc i:a i:abc")
    type_at_once(page, "Search all")
    expect(page.locator("#heard")).to_have_text("abc abc")
    proxy.stall()
    press(page, "Like b")
    expect(page.locator("fieldset.done legend")).to_have_text(["Inside b"])
    press(page, "Like all")
    expect(page.locator("main.seen")).to_have_count(1)
    expect(page.locator("fieldset.done")).to_have_count(1)
    proxy.flow()
    expect(page.locator("#b .likes")).to_have_text("1")
    expect(page.locator("fieldset.done, main.seen")).to_have_count(0)
