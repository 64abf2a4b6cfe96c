from __future__ import annotations

from typing import Any

from djust_live.adoption import Mounted, WaitingRoom


def mounted(size_bytes: int = 10) -> Mounted:
    view: Any = object()
    return Mounted(view, view, size_bytes)


class Room(WaitingRoom):
    """A room whose clock the test turns."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(lambda: self.now)

    def let_in(self, key: bytes, size_bytes: int = 10, ttl_s: float = 30) -> list[Mounted]:
        return self.put(key, mounted(size_bytes), ttl_s=ttl_s, max_views=3, max_bytes=100)


def test_a_view_can_be_taken_once() -> None:
    room = Room()
    room.let_in(b"a")
    assert room.take(b"a") is not None
    assert room.take(b"a") is None
    assert (len(room), room.size_bytes) == (0, 0)


def test_who_comes_too_late_gets_nothing() -> None:
    room = Room()
    room.let_in(b"a")
    room.now = 31
    assert room.take(b"a") is None


def test_the_oldest_leaves_when_there_are_too_many() -> None:
    room = Room()
    for key in (b"a", b"b", b"c"):
        assert room.let_in(key) == []
    assert len(room.let_in(b"d")) == 1
    assert room.take(b"a") is None
    assert room.take(b"b") is not None


def test_the_oldest_leave_when_there_are_too_many_bytes() -> None:
    room = Room()
    room.let_in(b"a", 60)
    room.let_in(b"b", 30)
    assert len(room.let_in(b"c", 50)) == 1
    assert room.size_bytes == 80


def test_a_view_that_is_too_big_does_not_wait() -> None:
    room = Room()
    assert len(room.let_in(b"a", 101)) == 1
    assert len(room) == 0


def test_views_leave_when_their_time_is_over() -> None:
    room = Room()
    room.let_in(b"a")
    room.now = 20
    room.let_in(b"b")
    room.now = 31
    assert len(room.sweep()) == 1
    assert len(room) == 1
    room.now = 60
    assert len(room.let_in(b"c")) == 1
