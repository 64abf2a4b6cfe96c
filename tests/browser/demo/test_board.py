"""The task board in Chromium: from the wizard to the admin."""

from __future__ import annotations

import os
import re
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.demo.test_pages import AXE, RUN_AXE
from tests.browser.proxy import Proxy

PASSWORD = "long-enough-42"  # pragma: allowlist secret
_numbers = count(1)


def fill(page: Page, button: str, **values: str) -> None:
    for label, value in values.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name=button, exact=True).click()


def start(page: Page, url: str, name: str) -> str:
    """Make a team by the wizard, log in, and return the address of the board."""
    slug = f"{name.lower()}-{next(_numbers)}"
    expect(page.get_by_role("heading", name="Step 1 of 3")).to_be_visible()
    fill(page, "Next", Team=name, Address=slug)
    expect(page.get_by_role("heading", name="Step 2 of 3")).to_be_visible()
    fill(page, "Next", **{"A first card": "Write a test"})
    expect(page.get_by_role("heading", name="Step 3 of 3")).to_be_visible()
    fill(page, "Make the board", Username=f"user-{slug}", Password=PASSWORD)
    expect(page.get_by_text(f"The board of {name} is ready.")).to_be_visible()
    fill(page, "Log in", Username=f"user-{slug}", Password=PASSWORD)
    expect(page).to_have_url(f"{url}board/{slug}/")
    wait_until_ready(page)
    return f"{url}board/{slug}/"


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=re.compile(name))


def titles(page: Page, name: str) -> list[str]:
    inputs = column(page, name).get_by_label("Title")
    return [one.input_value() for one in inputs.all()]


def card(page: Page, title: str) -> Locator:
    return page.locator(f".board-card:has(input[value='{title}'])")


@pytest.fixture
def board(server: DemoServer, open_page: OpenPage) -> Page:
    page = open_page(f"{server.url}board/")
    start(page, server.url, "Reds")
    return page


def test_a_team_comes_together_and_works_on_any_network(
    network: Proxy, open_page: OpenPage
) -> None:
    page = open_page(f"{network.url}board/")
    start(page, network.url, "Blues")
    page.get_by_label("New card").fill("Second")
    page.get_by_role("button", name="Add").click()
    expect(card(page, "Second")).to_be_visible()
    expect(page.get_by_label("New card")).to_have_value("")
    page.get_by_role("button", name="To the right: Second").click()
    expect(column(page, "Doing").get_by_label("Title").last).to_have_value("Second")
    page.get_by_label("Find").press_sequentially("second")
    expect(page.locator(".board-card")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=second$"))


def test_a_card_is_dragged(board: Page) -> None:
    card(board, "Write a test").drag_to(
        card(board, "Try to drag this card"), target_position={"x": 20, "y": 8}
    )
    expect(column(board, "Doing").locator(".board-card")).to_have_count(2)
    assert titles(board, "Doing") == ["Write a test", "Try to drag this card"]
    card(board, "Try to drag this card").drag_to(column(board, "To do").locator("ul"))
    expect(column(board, "To do").locator(".board-card")).to_have_count(1)
    board.reload()
    wait_until_ready(board)
    assert titles(board, "To do") == ["Try to drag this card"]


def test_a_title_is_edited_where_it_stands(board: Page) -> None:
    title = card(board, "Write a test").get_by_label("Title")
    title.fill("Write two tests")
    title.press("Tab")
    expect(board.get_by_role("link", name="Open: Write two tests")).to_be_visible()


def test_search_and_filter_stand_in_the_address(board: Page) -> None:
    board.get_by_label("Find").fill("drag")
    expect(board.get_by_text("1 of 3 cards")).to_be_visible()
    board.get_by_label("Whose").select_option("nobody")
    expect(board.get_by_text("0 of 3 cards")).to_be_visible()
    expect(board).to_have_url(re.compile(r"\?q=drag&who=nobody$"))
    board.reload()
    wait_until_ready(board)
    expect(board.get_by_text("0 of 3 cards")).to_be_visible()
    expect(board.get_by_label("Find")).to_have_value("drag")


def test_a_dialog_has_its_own_address(board: Page) -> None:
    home = board.url
    board.get_by_role("link", name="Open: Write a test").click()
    dialog = board.get_by_role("dialog", name="Write a test")
    expect(dialog).to_be_visible()
    expect(board).to_have_url(re.compile(r"/card/\d+/$"))
    dialog.get_by_label("Notes").fill("In Chromium")
    dialog.get_by_label("Whose").select_option("")
    board.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(board).to_have_url(home)
    expect(board.get_by_role("link", name="Open: Write a test")).to_be_focused()
    board.go_back()
    expect(dialog.get_by_label("Notes")).to_have_value("In Chromium")
    board.reload()
    wait_until_ready(board)
    expect(dialog.get_by_label("Notes")).to_have_value("In Chromium")
    dialog.get_by_role("link", name="Close").click()
    expect(dialog).to_have_count(0)


def test_a_checklist_is_edited_on_a_page_over_the_same_socket(board: Page) -> None:
    board.evaluate("() => { globalThis.isSamePage = true; }")
    board.get_by_role("link", name="Open: Write a test").click()
    board.get_by_role("link", name="Edit the checklist").click()
    expect(board.get_by_role("heading", level=1)).to_have_text("Checklist: Write a test")
    wait_until_ready(board)
    board.get_by_label("Step 1", exact=True).fill("Think")
    board.get_by_role("button", name="Add a step").click()
    board.get_by_label("Step 2", exact=True).fill("Type")
    board.get_by_role("button", name="Move up: step 2").click()
    expect(board.get_by_label("Step 1", exact=True)).to_have_value("Type")
    board.get_by_role("button", name="Save").click()
    dialog = board.get_by_role("dialog", name="Write a test")
    expect(dialog.get_by_role("list").get_by_role("listitem")).to_have_text(
        [re.compile("Type"), re.compile("Think")]
    )
    expect(board.get_by_text("The checklist is saved.")).to_be_attached()
    assert board.evaluate("() => globalThis.isSamePage") is True


def test_members_see_each_others_changes_and_strangers_nothing(
    board: Page, server: DemoServer, open_page: OpenPage
) -> None:
    other = open_page(board.url)
    other.get_by_label("New card").fill("From the other tab")
    other.get_by_role("button", name="Add").click()
    expect(card(board, "From the other tab")).to_be_visible()
    board.get_by_role("button", name="Log out").click()
    expect(board.get_by_role("heading", level=1)).to_have_text("A task board")
    expect(other.get_by_role("heading", level=1)).to_have_text("Log in")


def test_axe_finds_nothing(context: BrowserContext, board: Page) -> None:
    def check() -> None:
        board.evaluate(AXE)
        assert board.evaluate(RUN_AXE) == []

    check()
    board.get_by_role("link", name="Open: Write a test").click()
    expect(board.get_by_role("dialog")).to_be_visible()
    check()
    board.get_by_role("link", name="Edit the checklist").click()
    expect(board.get_by_role("heading", level=1)).to_have_text("Checklist: Write a test")
    check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1360, 360])
def test_the_board_fits_and_has_its_picture_taken(
    board: Page, tmp_path: Path, width: int, scheme: str
) -> None:
    folder = Path(os.environ.get("DJUST_SCREENSHOTS", str(tmp_path)))
    board.set_viewport_size({"width": width, "height": 900})
    board.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    name = f"{width}-{scheme}.png"
    board.screenshot(path=folder / f"board-{name}", full_page=True)
    assert board.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    board.get_by_role("link", name="Open: Write a test").click()
    expect(board.get_by_role("dialog")).to_be_visible()
    board.screenshot(path=folder / f"board-card-{name}")
    board.get_by_role("link", name="Edit the checklist").click()
    expect(board.get_by_role("heading", level=1)).to_have_text("Checklist: Write a test")
    wait_until_ready(board)
    board.screenshot(path=folder / f"board-checklist-{name}", full_page=True)
    assert board.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_admin_shows_the_board(own_server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{own_server.url}board/")
    start(page, own_server.url, "Greens")
    own_server.manage(
        *("createsuperuser", "--noinput", "--username", "root", "--email", "root@example.com"),
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )
    admin = open_page(f"{own_server.url}admin/logout/", wait=False)
    admin.context.clear_cookies()
    admin.goto(f"{own_server.url}admin/board/card/")
    fill(admin, "Log in", **{"Username:": "root", "Password:": PASSWORD})
    expect(admin.locator("#result_list tbody tr")).to_have_count(3)
    admin.get_by_role("link", name="Write a test").click()
    fill(admin, "Save", **{"Title:": "Write it in the admin"})
    expect(admin.locator(".messagelist .success")).to_be_visible()
    folder = os.environ.get("DJUST_SCREENSHOTS")
    if folder:
        admin.screenshot(path=Path(folder) / "board-admin.png")
