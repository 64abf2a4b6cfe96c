"""The to-do list: keyed rows keep what is typed in them, and every change is in the database."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy

SAMPLES = ["Rename this task", "Move this one up", "Tick this one off"]
# A click that leaves the focus where it is, as one made by another script or another tab would.
CLICK_WITHOUT_FOCUS = "(button) => button.click()"
REMEMBER = "(element) => { globalThis.remembered = element; }"
TYPING = """() => ({
  same: document.activeElement === globalThis.remembered,
  text: document.activeElement.value,
  caret: [document.activeElement.selectionStart, document.activeElement.selectionEnd],
})"""


def title_fields(page: Page) -> Locator:
    return page.locator(".task .task-title")


def expect_titles(page: Page, titles: list[str]) -> None:
    fields = title_fields(page)
    expect(fields).to_have_count(len(titles))
    for place, title in enumerate(titles):
        expect(fields.nth(place)).to_have_value(title)


def add(page: Page, title: str) -> None:
    page.get_by_label("New task").fill(title)
    page.get_by_role("button", name="Add").click()


def test_tasks_are_added_at_the_end_and_kept(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}todo/")
    expect_titles(page, SAMPLES)
    add(page, "Water the beans")
    expect_titles(page, [*SAMPLES, "Water the beans"])
    expect(page.get_by_label("New task")).to_have_value("")
    add(page, "<b>Bread</b> & butter")
    expect_titles(page, [*SAMPLES, "Water the beans", "<b>Bread</b> & butter"])
    page.reload()
    expect_titles(page, [*SAMPLES, "Water the beans", "<b>Bread</b> & butter"])


def test_enter_adds_and_the_field_is_ready_for_the_next(
    server: DemoServer, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}todo/")
    field = page.get_by_label("New task")
    field.focus()
    for title in ("One", "Two"):
        page.keyboard.type(title)
        page.keyboard.press("Enter")
        expect(title_fields(page).last).to_have_value(title)
        expect(field).to_have_value("")
        expect(field).to_be_focused()


def test_ticking_counts_and_strikes_through(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}todo/")
    box = page.get_by_role("checkbox", name="Done: Tick this one off")
    box.check()
    expect(page.get_by_text("2 of 3 open")).to_be_visible()
    expect(page.locator(".task-done")).to_have_count(1)
    expect(box).to_be_checked()
    box.uncheck()
    expect(page.get_by_text("3 of 3 open")).to_be_visible()
    expect(page.locator(".task-done")).to_have_count(0)


def test_a_reload_shows_boxes_as_the_server_holds_them(
    server: DemoServer, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}todo/")
    page.get_by_role("checkbox", name="Done: Rename this task").check()
    expect(page.get_by_text("2 of 3 open")).to_be_visible()
    page.get_by_role("button", name="Move down: Rename this task").click()
    expect_titles(page, [SAMPLES[1], SAMPLES[0], SAMPLES[2]])
    page.reload()
    wait_until_ready(page)
    expect(page.get_by_role("checkbox", name="Done: Rename this task")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Done: Move this one up")).not_to_be_checked()


def test_rows_move_up_and_down(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}todo/")
    page.get_by_role("button", name="Move up: Move this one up").click()
    expect_titles(page, [SAMPLES[1], SAMPLES[0], SAMPLES[2]])
    page.get_by_role("button", name="Move down: Rename this task").click()
    expect_titles(page, [SAMPLES[1], SAMPLES[2], SAMPLES[0]])
    page.reload()
    expect_titles(page, [SAMPLES[1], SAMPLES[2], SAMPLES[0]])


def test_a_button_keeps_the_focus_while_its_row_moves(
    server: DemoServer, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}todo/")
    button = page.get_by_role("button", name="Move up: Tick this one off")
    button.focus()
    page.keyboard.press("Enter")
    expect_titles(page, [SAMPLES[0], SAMPLES[2], SAMPLES[1]])
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect_titles(page, [SAMPLES[2], SAMPLES[0], SAMPLES[1]])
    expect(button).to_be_focused()


def test_reordering_keeps_focus_caret_and_typed_text(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}todo/")
    field = title_fields(page).nth(1)
    field.click()
    field.evaluate(REMEMBER)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Buy rye bread")
    field.evaluate("(element) => element.setSelectionRange(4, 7)")
    for name, order in [
        ("Move up: Move this one up", [1, 0, 2]),
        ("Move down: Move this one up", [0, 1, 2]),
        ("Move up: Tick this one off", [0, 2, 1]),
    ]:
        page.get_by_role("button", name=name).evaluate(CLICK_WITHOUT_FOCUS)
        typed = [*SAMPLES]
        typed[1] = "Buy rye bread"
        expect_titles(page, [typed[place] for place in order])
        assert page.evaluate(TYPING) == {"same": True, "text": "Buy rye bread", "caret": [4, 7]}
    page.keyboard.type("oat")
    assert page.evaluate(TYPING) == {"same": True, "text": "Buy oat bread", "caret": [7, 7]}
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="Done: Buy oat bread")).to_be_attached()
    page.reload()
    expect_titles(page, [SAMPLES[0], SAMPLES[2], "Buy oat bread"])


def test_a_row_moves_by_keyboard_under_its_own_caret(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}todo/")
    field = title_fields(page).nth(2)
    field.click()
    field.evaluate(REMEMBER)
    page.keyboard.press("Home")
    page.keyboard.type("Later: ")
    page.keyboard.press("Alt+ArrowUp")
    expect(title_fields(page).nth(1)).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(title_fields(page).nth(0)).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(title_fields(page).nth(1)).to_be_focused()
    page.keyboard.type("t")
    typed = {"same": True, "text": "Later: tTick this one off", "caret": [8, 8]}
    assert page.evaluate(TYPING) == typed
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="Done: Later: Tick this one off")).to_be_attached()
    expect_titles(page, [SAMPLES[0], "Later: Tick this one off", SAMPLES[1]])


def test_tabs_of_one_visitor_show_the_same_list(network: Proxy, open_page: OpenPage) -> None:
    first = open_page(f"{network.url}todo/")
    second = open_page(f"{network.url}todo/")
    add(first, "From the first tab")
    expect_titles(second, [*SAMPLES, "From the first tab"])
    second.get_by_role("checkbox", name="Done: From the first tab").check()
    expect(first.get_by_text("3 of 4 open")).to_be_visible()
    second.get_by_role("button", name="Delete: Rename this task").click()
    expect_titles(first, [*SAMPLES[1:], "From the first tab"])


def test_visitors_do_not_see_each_other(
    server: DemoServer, open_page: OpenPage, browser: Browser
) -> None:
    mine = open_page(f"{server.url}todo/")
    stranger = browser.new_context()
    try:
        theirs = stranger.new_page()
        theirs.goto(f"{server.url}todo/")
        wait_until_ready(theirs)
        add(theirs, "Not yours")
        expect_titles(theirs, [*SAMPLES, "Not yours"])
    finally:
        stranger.close()
    add(mine, "Mine")
    expect_titles(mine, [*SAMPLES, "Mine"])


def test_a_change_of_another_tab_leaves_typing_alone(network: Proxy, open_page: OpenPage) -> None:
    other = open_page(f"{network.url}todo/")
    page = open_page(f"{network.url}todo/")
    field = title_fields(page).nth(1)
    field.click()
    field.evaluate(REMEMBER)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Half a sent")
    other.get_by_role("button", name="Move up: Move this one up").click()
    expect(title_fields(page).nth(0)).to_have_value("Half a sent")
    other.get_by_role("checkbox", name="Done: Rename this task").check()
    expect(page.get_by_text("2 of 3 open")).to_be_visible()
    page.bring_to_front()
    assert page.evaluate(TYPING) == {"same": True, "text": "Half a sent", "caret": [11, 11]}
    page.keyboard.type("ence")
    page.keyboard.press("Enter")
    expect(other.get_by_role("checkbox", name="Done: Half a sentence")).to_be_attached()


def test_a_drop_while_typing_keeps_what_is_typed(proxy: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{proxy.url}todo/")
    field = title_fields(page).first
    field.click()
    field.evaluate(REMEMBER)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Half a")
    with proxy.down():
        expect(page.get_by_text("Reconnecting", exact=True)).to_be_visible()
        page.keyboard.type(" sentence")
    wait_until_ready(page)
    assert page.evaluate(TYPING) == {"same": True, "text": "Half a sentence", "caret": [15, 15]}
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="Done: Half a sentence")).to_be_attached()


def test_a_blank_title_is_not_taken(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}todo/")
    title_fields(page).first.fill("  ")
    page.keyboard.press("Enter")
    page.reload()
    expect_titles(page, SAMPLES)


def test_rows_are_deleted_one_by_one_and_together(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}todo/")
    clear = page.get_by_role("button", name="Delete done")
    expect(clear).to_be_disabled()
    page.get_by_role("button", name="Delete: Move this one up").click()
    expect_titles(page, [SAMPLES[0], SAMPLES[2]])
    page.get_by_role("checkbox", name="Done: Tick this one off").check()
    clear.click()
    expect_titles(page, [SAMPLES[0]])
    page.get_by_role("button", name=re.compile("^Delete: ")).click()
    expect(page.get_by_text("Nothing here.", exact=True)).to_be_visible()
    add(page, "Begin again")
    expect_titles(page, ["Begin again"])
    expect(page.get_by_text("Nothing here.", exact=True)).to_have_count(0)


def test_the_filter_shows_open_and_done_tasks(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}todo/")
    page.get_by_role("checkbox", name="Done: Move this one up").check()
    expect(page.get_by_text("2 of 3 open")).to_be_visible()
    page.get_by_role("button", name="Done", exact=True).click()
    expect_titles(page, [SAMPLES[1]])
    expect(page.get_by_role("button", name="Done", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name="Open", exact=True).click()
    expect_titles(page, [SAMPLES[0], SAMPLES[2]])
    page.get_by_role("button", name="All", exact=True).click()
    expect_titles(page, SAMPLES)


def test_a_burst_of_moves_ends_where_it_should(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}todo/")
    button = page.get_by_role("button", name="Move down: Rename this task")
    for _ in range(2):
        button.evaluate(CLICK_WITHOUT_FOCUS)
    page.get_by_role("button", name="Move up: Tick this one off").evaluate(CLICK_WITHOUT_FOCUS)
    # The last click asks for the row that came second by then.
    expect_titles(page, [SAMPLES[2], SAMPLES[1], SAMPLES[0]])
