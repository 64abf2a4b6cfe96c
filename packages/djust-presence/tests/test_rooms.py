from __future__ import annotations

import random

from djust_presence.backends.base import Kind, Member, Snapshot
from djust_presence.rooms import Presence, Room, shown


def names(room: Room, limit: int | None = None, offset: int = 0) -> list[str]:
    return [presence["id"] for presence in room.members(limit, offset)]


def presence(name: str, joined_at: float, connections: int = 1) -> Presence:
    return shown(Member(name, joined_at, {}, connections))


def test_the_list_is_in_order_after_any_changes() -> None:
    room, source = Room("hall"), random.Random(7)
    known = {f"u{n}": float(n % 5) for n in range(20)}
    room.replace(Snapshot(1, [Member(name, at, {}, 1) for name, at in known.items()]))
    for rev in range(2, 400):
        name = f"u{source.randrange(40)}"
        kind: Kind = "join"
        if name in known and source.random() < 0.6:
            kind = "leave"
            joined_at = known.pop(name)
        else:
            joined_at = known[name] = float(source.randrange(5))
        room.apply(rev, kind, presence(name, joined_at))
        assert names(room) == sorted(known, key=lambda each: (known[each], each))
    assert room.count() == len(known)


def test_a_part_of_the_list() -> None:
    room = Room("hall")
    room.replace(Snapshot(1, [Member(f"u{n}", float(n), {}, 1) for n in range(5)]))
    assert names(room, 2) == ["u0", "u1"]
    assert names(room, 2, 4) == ["u4"]
    assert names(room, offset=3) == ["u3", "u4"]
    assert names(room, -1, -1) == []


def test_somebody_who_leaves_twice_is_gone_once() -> None:
    room = Room("hall")
    room.replace(Snapshot(1, [Member("u", 1.0, {}, 1)]))
    assert room.apply(2, "leave", presence("u", 1.0)) == "leave"
    assert room.apply(3, "leave", presence("u", 1.0)) == "leave"
    assert names(room) == []
