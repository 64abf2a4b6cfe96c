from __future__ import annotations

from typing import Any

import pytest
from conftest import OpenTab
from djust_presence import CursorTracker
from djust_presence.cursors import MAX_CURSORS, tracker
from djust_presence.errors import BadCursor
from presence_project.browser import Browser


def news(tab: Browser) -> dict[str, Any]:
    """Return the last that a tab was told of each cursor."""
    told: dict[str, Any] = {}
    for frame in tab.frames:
        if frame[0] == "cursors:cursors":
            told.update(frame[1])
    return told


async def test_the_others_are_told_where_somebody_points(open_tab: OpenTab) -> None:
    ada = await open_tab("/board/", user="ada")
    bob = await open_tab("/board/", user="bob")
    ada.send(["cursors:move", [0.25, 2, [[0, 0, 0.5, 0.1]], True]])
    await bob.until(lambda: news(bob))
    assert news(bob) == {"ada": [0.25, 1.0, "Ada", [[0.0, 0.0, 0.5, 0.1]], True]}
    assert news(ada) == {}


async def test_who_comes_later_is_told_and_who_goes_takes_the_cursor_along(
    open_tab: OpenTab,
) -> None:
    ada = await open_tab("/board/", user="ada")
    bob = await open_tab("/board/", user="bob")
    ada.send(["cursors:move", [0.5, 0.5, [], False]])
    await bob.until(lambda: news(bob))
    eve = await open_tab("/board/", user="eve")
    await eve.until(lambda: "ada" in news(eve))
    await ada.leave()
    await bob.until(lambda: news(bob)["ada"] is None)
    await eve.until(lambda: news(eve)["ada"] is None)


async def test_a_pointer_that_leaves_is_gone(open_tab: OpenTab) -> None:
    ada = await open_tab("/board/", user="ada")
    bob = await open_tab("/board/", user="bob")
    ada.send(["cursors:move", [0.5, 0.5, [], False]])
    await bob.until(lambda: news(bob))
    ada.send(["cursors:leave", None])
    await bob.until(lambda: news(bob)["ada"] is None)


async def test_many_moves_are_few_messages_and_change_no_page(open_tab: OpenTab) -> None:
    ada = await open_tab("/board/", user="ada")
    bob = await open_tab("/board/", user="bob")
    for step in range(200):
        ada.send(["cursors:move", [step / 200, 0, [], False]])
    ada.send(["cursors:move", [1, 1, [], False]])
    await bob.until(lambda: news(bob).get("ada", [0, 0])[:2] == [1.0, 1.0])
    assert len([frame for frame in bob.frames if frame[0] == "cursors:cursors"]) < 50


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        [0, 0, []],
        ["0", 0, [], False],
        [True, 0, [], False],
        [0, 0, [[1, 2]], False],
        [0, 0, [[0, 0, 0, "x"]], False],
        [0, 0, [[0, 0, 0, 0]] * 9, False],
        {"x": 1},
    ],
)
async def test_a_cursor_of_another_shape_moves_nothing(
    open_tab: OpenTab, data: Any, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await open_tab("/board/", user="ada")
    bob = await open_tab("/board/", user="bob")
    ada.send(["cursors:move", data])
    ada.send(["cursors:move", [0.5, 0.5, [], False]])
    await bob.until(lambda: news(bob))
    assert news(bob)["ada"][:2] == [0.5, 0.5]


def test_the_tracker_keeps_the_last_place_of_each() -> None:
    cursors = CursorTracker()
    cursors.update_cursor("key", "ada", 0.1, 0.2)
    cursors.update_cursor("key", "bob", -1, 9, {"name": "Bob"})
    cursors.update_cursor("key", "ada", 0.3, 0.4)
    assert cursors.get_cursors("key") == {
        "bob": {"x": 0.0, "y": 1.0, "meta": {"name": "Bob"}},
        "ada": {"x": 0.3, "y": 0.4, "meta": {}},
    }
    cursors.remove_cursor("key", "ada")
    cursors.remove_cursor("key", "bob")
    cursors.remove_cursor("key", "nobody")
    assert cursors.get_cursors("key") == {}
    assert cursors._keys == {}
    with pytest.raises(BadCursor):
        cursors.update_cursor("key", "ada", float("nan"), 0)


def test_the_tracker_is_bounded() -> None:
    cursors = CursorTracker()
    for index in range(MAX_CURSORS + 50):
        cursors.update_cursor("key", str(index), 0, 0)
    assert len(cursors.get_cursors("key")) == MAX_CURSORS


def test_nothing_is_left_of_the_tests_before() -> None:
    assert tracker._keys == {}
