"""Others in a test client: what a user's tests can do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from djust_live import LiveView
from djust_presence.worker import worker
from djust_testing import Impossible, LiveViewTestClient
from presence_project.urls import Room


class Plain(LiveView):
    template = "<p></p>"


@pytest.fixture
def room() -> Iterator[LiveViewTestClient]:
    with LiveViewTestClient(Room, path="/room/", query={"user": "ada"}) as page:
        yield page.mount(room="a")
    worker.stop()


def test_others_come_and_go(room: LiveViewTestClient) -> None:
    found = room.join_presence("bob", {"name": "Bob"})
    assert found["meta"] == {"name": "Bob"}
    room.assert_html("<i>2</i><b>Ada,Bob</b>")
    assert "+bob" in room.find("p").get_text()
    room.leave_presence("bob")
    room.assert_html("<i>1</i><b>Ada</b>")
    assert "-bob" in room.find("p").get_text()


def test_another_page_of_the_visitor_counts_once(room: LiveViewTestClient) -> None:
    assert room.join_presence("ada", {"name": "Ada"})["connections"] == 2
    room.assert_html("<i>1</i><b>Ada</b>")
    room.leave_presence("ada")
    room.assert_html("<i>1</i><b>Ada</b>")


def test_others_are_gone_when_the_test_is_over() -> None:
    with LiveViewTestClient(Room, path="/room/") as page:
        page.mount(room="a")
        page.join_presence("bob", {"name": "Bob"})
    with LiveViewTestClient(Room, path="/room/") as page:
        page.mount(room="a")
        assert "Bob" not in page.html
    worker.stop()


def test_who_did_not_come_cannot_leave(room: LiveViewTestClient) -> None:
    with pytest.raises(AssertionError, match="bob"):
        room.leave_presence("bob")


def test_a_view_without_presence_has_no_others() -> None:
    with LiveViewTestClient(Plain) as page:
        page.mount()
        with pytest.raises(Impossible, match="join_presence"):
            page.join_presence("bob")
