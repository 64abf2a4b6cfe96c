"""The chat: visitors see who is here, where they point and what they do, on bad networks too."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy

NewVisitor = Callable[..., BrowserContext]


class Chat:
    """One tab in a room."""

    def __init__(self, page: Page, name: str = "") -> None:
        self.page = page
        if name:
            page.get_by_label("Your name").fill(name)
            page.get_by_label("Your name").press("Tab")
            expect(self.people.filter(has_text=name)).to_have_count(1)

    @property
    def people(self) -> Locator:
        return self.page.get_by_role("list", name="Here now").get_by_role("listitem")

    @property
    def notes(self) -> Locator:
        return self.page.locator(".chat-note")

    @property
    def board(self) -> Locator:
        return self.page.locator("[dj-cursors]")

    def cursor(self, name: str) -> Locator:
        return self.page.locator("dj-cursor").filter(has_text=name)

    def point(self, x: float, y: float) -> None:
        box = box_of(self.board)
        self.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])


@pytest.fixture
def room(request: pytest.FixtureRequest) -> str:
    """A path of a room that no other test uses."""
    return "chat/" + "".join(letter if letter.isalnum() else "-" for letter in request.node.name)


def box_of(element: Locator) -> Any:
    box = element.bounding_box()
    assert box is not None
    return box


def expect_at(cursor: Locator, board: Locator, x: float, y: float) -> None:
    """Wait until a cursor stands there: it glides."""
    cursor.page.wait_for_function(
        """([cursor, board, x, y]) => {
          const [inner, outer] = [cursor.getBoundingClientRect(), board.getBoundingClientRect()];
          return Math.abs(inner.left - outer.left - x * outer.width) < 2
            && Math.abs(inner.top - outer.top - y * outer.height) < 2;
        }""",
        arg=[cursor.element_handle(), board.element_handle(), x, y],
    )


def test_visitors_see_each_other_come_talk_and_go(
    server: DemoServer, open_page: OpenPage, new_visitor: NewVisitor, room: str
) -> None:
    ada = Chat(open_page(f"{server.url}{room}/"), "Ada")
    bob = Chat(open_page(f"{server.url}{room}/", visitor=new_visitor()), "Bob")
    expect(ada.people).to_have_text(["Ada", "Bob"])
    expect(bob.people).to_have_text(["Ada", "Bob"])
    bob.page.get_by_label("Message").fill("<b>Hello</b>")
    bob.page.get_by_role("button", name="Send").click()
    for chat in (ada, bob):
        expect(chat.page.locator(".chat-said")).to_have_text(["Bob <b>Hello</b>"])
    expect(bob.page.get_by_label("Message")).to_have_value("")
    bob.page.close()
    expect(ada.people).to_have_text(["Ada"])
    expect(ada.notes.last).to_have_text("Bob has left")


def test_somebody_with_two_tabs_stays_when_one_is_closed(
    server: DemoServer, open_page: OpenPage, new_visitor: NewVisitor, room: str
) -> None:
    watcher = Chat(open_page(f"{server.url}{room}/", visitor=new_visitor()), "Watcher")
    first = open_page(f"{server.url}{room}/")
    expect(watcher.people).to_have_count(2)
    second = open_page(f"{server.url}{room}/")
    expect(watcher.people.last).to_contain_text("2 tabs")
    first.close()
    expect(watcher.page.get_by_text("2 tabs")).to_have_count(0)
    expect(watcher.people).to_have_count(2)
    expect(watcher.notes.filter(has_text="has left")).to_have_count(0)
    second.close()
    expect(watcher.people).to_have_count(1)
    expect(watcher.notes.filter(has_text="has left")).to_have_count(1)


def test_every_viewer_hears_who_comes_and_goes_once(
    server: DemoServer, open_page: OpenPage, new_visitor: NewVisitor, room: str
) -> None:
    viewers = [Chat(open_page(f"{server.url}{room}/", visitor=new_visitor())) for _ in range(3)]
    for viewer in viewers:
        expect(viewer.people).to_have_count(3)
    before = [viewer.notes.count() for viewer in viewers]
    guest = Chat(open_page(f"{server.url}{room}/"))
    guest.page.close()
    for viewer, count in zip(viewers, before, strict=True):
        expect(viewer.notes).to_have_count(count + 2)
        expect(viewer.notes.nth(count)).to_contain_text("is here")
        expect(viewer.notes.nth(count + 1)).to_contain_text("has left")


@pytest.mark.parametrize("latency_s", [0.0, 0.3])
def test_cursors_have_names_and_say_what_is_typed_and_selected(
    proxy: Proxy,
    server: DemoServer,
    open_page: OpenPage,
    new_visitor: NewVisitor,
    room: str,
    latency_s: float,
    tmp_path: Path,
) -> None:
    proxy.latency_s = latency_s
    phone = new_visitor(viewport={"width": 420, "height": 800})
    ada = Chat(open_page(f"{proxy.url}{room}/"), "Ada")
    bob = Chat(open_page(f"{server.url}{room}/", visitor=phone), "Bob")
    ada.point(0.25, 0.5)
    expect(bob.cursor("Ada")).to_have_count(1)
    expect_at(bob.cursor("Ada"), bob.board, 0.25, 0.5)
    ada.point(0.75, 0.25)
    expect_at(bob.cursor("Ada"), bob.board, 0.75, 0.25)
    expect(ada.cursor("Ada")).to_have_count(0)

    ada.page.get_by_label("Message").press_sequentially("Hi")
    expect(bob.cursor("Ada")).to_have_class("dj-typing")
    expect(bob.page.locator("dj-selection")).to_have_count(1)
    field, drawn = (
        box_of(each)
        for each in (bob.page.get_by_label("Message"), bob.page.locator("dj-selection"))
    )
    assert abs(field["y"] - drawn["y"]) < 40
    folder = Path(os.environ.get("DJUST_SCREENSHOTS", str(tmp_path)))
    bob.page.screenshot(path=folder / f"chat-cursors-{latency_s:g}.png")
    expect(bob.cursor("Ada")).not_to_have_class("dj-typing")

    ada.page.locator(":focus").blur()
    ada.page.evaluate(
        "() => getSelection().selectAllChildren(document.querySelector('.chat-note'))"
    )
    expect(bob.page.locator("dj-selection")).not_to_have_count(0)
    ada.page.evaluate("() => getSelection().removeAllRanges()")
    expect(bob.page.locator("dj-selection")).to_have_count(0)
    ada.page.mouse.move(0, 0)
    expect(bob.cursor("Ada")).to_have_count(0)


def test_a_cursor_goes_with_its_visitor(
    server: DemoServer, open_page: OpenPage, new_visitor: NewVisitor, room: str
) -> None:
    ada = Chat(open_page(f"{server.url}{room}/"), "Ada")
    bob = Chat(open_page(f"{server.url}{room}/", visitor=new_visitor()), "Bob")
    bob.point(0.5, 0.5)
    expect(ada.cursor("Bob")).to_have_count(1)
    bob.page.close()
    expect(ada.cursor("Bob")).to_have_count(0)


def test_typing_without_a_pointer_shows_at_the_field(
    server: DemoServer, open_page: OpenPage, new_visitor: NewVisitor, room: str
) -> None:
    alike = new_visitor(viewport={"width": 1024, "height": 768})
    ada = Chat(open_page(f"{server.url}{room}/"))
    bob = Chat(open_page(f"{server.url}{room}/", visitor=alike), "Bob")
    expect(ada.cursor("Bob")).to_have_count(1)
    cursor, field = box_of(ada.cursor("Bob")), box_of(ada.page.get_by_label("Your name"))
    assert abs(cursor["x"] - field["x"]) < 10
    assert abs(cursor["y"] - field["y"] - field["height"]) < 10
    assert bob.cursor("Bob").count() == 0


def test_cursors_that_were_there_before_are_shown_to_who_comes(
    server: DemoServer, open_page: OpenPage, new_visitor: NewVisitor, room: str
) -> None:
    ada = Chat(open_page(f"{server.url}{room}/"), "Ada")
    bob = Chat(open_page(f"{server.url}{room}/", visitor=new_visitor()), "Bob")
    ada.point(0.5, 0.5)
    expect(bob.cursor("Ada")).to_have_count(1)
    eve = Chat(open_page(f"{server.url}{room}/", visitor=new_visitor()))
    expect(eve.cursor("Ada")).to_have_count(1)
    expect_at(eve.cursor("Ada"), eve.board, 0.5, 0.5)


def test_a_dropped_socket_is_nobody_leaving(
    proxy: Proxy, server: DemoServer, open_page: OpenPage, new_visitor: NewVisitor, room: str
) -> None:
    ada = Chat(open_page(f"{proxy.url}{room}/"), "Ada")
    bob = Chat(open_page(f"{server.url}{room}/", visitor=new_visitor()), "Bob")
    bob.point(0.5, 0.5)
    ada.point(0.2, 0.2)
    expect(ada.cursor("Bob")).to_have_count(1)
    expect(bob.cursor("Ada")).to_have_count(1)
    before = proxy.accepted
    proxy.cut()
    ada.page.get_by_label("Message").fill("Still here")
    ada.page.get_by_role("button", name="Send").click()
    expect(bob.page.locator(".chat-said")).to_have_text(["Ada Still here"])
    assert proxy.accepted > before
    wait_until_ready(ada.page)
    expect(ada.cursor("Bob")).to_have_count(1)
    expect(ada.people).to_have_text(["Ada", "Bob"])
    expect(bob.people).to_have_text(["Ada", "Bob"])
    expect(bob.notes.filter(has_text="has left")).to_have_count(0)
