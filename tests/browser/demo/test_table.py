"""The table: a thousand rows, of which only the changed cells are touched."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.browser.demo.conftest import OpenPage
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy

# Rows whose elements or texts were replaced since `mark`.
MARK = """() => {
  globalThis.marked = new Map();
  for (const row of document.querySelectorAll(".seeds tbody tr")) {
    globalThis.marked.set(row.getAttribute("dj-key"), [row, ...row.cells].concat(
      [...row.cells].map((cell) => cell.firstChild)));
  }
}"""
REPLACED = """() => [...document.querySelectorAll(".seeds tbody tr")].filter((row) => {
  const before = globalThis.marked.get(row.getAttribute("dj-key"));
  const now = [row, ...row.cells].concat([...row.cells].map((cell) => cell.firstChild));
  return !before || now.some((node, place) => node !== before[place]);
}).map((row) => row.getAttribute("dj-key"))"""
CHANGED = """() => {
  globalThis.changed = [];
  new MutationObserver((records) => {
    for (const { target } of records) {
      const row = (target.closest ? target : target.parentElement).closest("tr");
      globalThis.changed.push(row?.getAttribute("dj-key") ?? "elsewhere");
    }
  }).observe(document.querySelector(".seeds tbody"),
    { subtree: true, childList: true, characterData: true, attributes: true });
}"""


def rows(page: Page) -> Locator:
    return page.locator(".seeds tbody tr")


def packets(page: Page, variety: str) -> Locator:
    return page.get_by_label(f"Packets of {variety}", exact=True)


def row_of(page: Page, variety: str) -> Locator:
    return rows(page).filter(has=packets(page, variety))


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("columnheader", name=name)


def test_one_cell_changes_its_row_and_the_totals_alone(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}table/")
    page.evaluate(MARK)
    page.evaluate(CHANGED)
    field = packets(page, "Old Abbey Tomato")
    field.fill("100")
    field.press("Tab")
    expect(row_of(page, "Old Abbey Tomato").locator("td").last).to_have_text("217.00")
    expect(page.locator(".seeds tfoot td").first).to_have_text("48,011")
    expect(packets(page, "Golden Hour Tomato")).to_be_focused()
    assert page.evaluate(REPLACED) == []
    assert set(page.evaluate("() => globalThis.changed")) == {"2"}


def test_the_answer_to_one_cell_is_small(server: DemoServer, open_page: OpenPage) -> None:
    answers: list[str | bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: answers.append(frame))

    page = open_page("about:blank", wait=False)
    page.on("websocket", listen)
    page.goto(f"{server.url}table/")
    expect(page.locator("body.dj-connected")).to_be_attached()
    joined = len(answers)
    field = packets(page, "Old Abbey Tomato")
    field.fill("100")
    field.press("Enter")
    expect(page.locator(".seeds tfoot td").first).to_have_text("48,011")
    # One cell, the row's value and two totals, of a page of 400 kB.
    assert 0 < sum(len(answer) for answer in answers[joined:]) < 300


def test_sorting_moves_rows_and_keeps_them(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}table/")
    page.evaluate(MARK)
    heading(page, "Price").get_by_role("button").click()
    expect(heading(page, "Price")).to_have_attribute("aria-sort", "ascending")
    expect(rows(page).first.locator("td").nth(2)).to_have_text("1.80")
    heading(page, "Price").get_by_role("button").click()
    expect(heading(page, "Price")).to_have_attribute("aria-sort", "descending")
    expect(rows(page).first.locator("td").nth(2)).to_have_text("4.99")
    heading(page, "Variety").get_by_role("button").click()
    expect(rows(page).first.locator("th")).to_have_text("Amber Dawn")
    expect(heading(page, "Price")).not_to_have_attribute("aria-sort", "descending")
    prices = rows(page).evaluate_all("(rows) => rows.map((row) => row.cells[0].textContent)")
    assert prices == sorted(prices)
    assert page.evaluate(REPLACED) == []


def test_find_narrows_and_widens_while_typing(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}table/")
    field = page.get_by_label("Find")
    field.focus()
    page.keyboard.type("amber tom")
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_text("1 varieties", exact=True)).to_be_visible()
    expect(field).to_have_value("amber tom")
    expect(field).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Backspace")
    expect(rows(page)).to_have_count(1_000)
    expect(field).to_have_value("")


def test_typing_faster_than_the_server_answers_loses_no_key(
    proxy: Proxy, open_page: OpenPage
) -> None:
    proxy.latency_s = 0.3
    page = open_page(f"{proxy.url}table/")
    field = page.get_by_label("Find")
    field.press_sequentially("golden hour pumpkin", delay=60)
    expect(rows(page)).to_have_count(1)
    expect(field).to_have_value("golden hour pumpkin")


def test_a_wrong_number_is_marked_until_it_is_right(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}table/")
    field = packets(page, "Old Abbey Tomato")
    field.fill("-3")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("status")).to_contain_text("whole number")
    expect(page.locator(".seeds tfoot td").first).to_have_text("47,972")
    field.fill("62")
    field.press("Enter")
    expect(page.get_by_role("status")).to_have_text("1,000 varieties")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator(".seeds tfoot td").first).to_have_text("47,973")


def test_edits_survive_sorting_and_finding(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}table/")
    field = packets(page, "Old Abbey Tomato")
    field.fill("9999")
    field.press("Enter")
    heading(page, "Packets").get_by_role("button").click()
    heading(page, "Packets").get_by_role("button").click()
    expect(rows(page).first.locator("th")).to_have_text("Old Abbey")
    page.get_by_label("Find").fill("old abbey")
    expect(rows(page)).to_have_count(25)
    expect(field).to_have_value("9999")
