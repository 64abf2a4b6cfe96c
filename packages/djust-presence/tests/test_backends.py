"""One contract for all places where presence is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from conftest import RedisServer
from djust_presence.backends import Change, PresenceBackend, make_backend
from djust_presence.backends.memory import MemoryBackend
from djust_presence.backends.redis import RedisBackend
from djust_presence.errors import PresenceUnavailable, UnknownPresenceBackend

KEYS = ["room", "", "a:b", "{x}", "ä☃\x00\n", "\ud800", "k" * 5000]


@pytest.fixture(params=["memory", "redis"])
def backend(request: pytest.FixtureRequest) -> Iterator[PresenceBackend]:
    if request.param == "memory":
        yield MemoryBackend()
        return
    server: RedisServer = request.getfixturevalue("redis_server")
    made = RedisBackend(server.url, f"test-{time.monotonic_ns()}")
    yield made
    made._client.close()


def join(backend: PresenceBackend, user: str, page: str = "p", worker: str = "w") -> Change:
    return backend.join("room", user, page, worker, {"name": user}, 5.0)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("user", ["ada", "", "ü\x00", "\udc00"])
def test_keys_and_users_are_any_text(backend: PresenceBackend, key: str, user: str) -> None:
    change = backend.join(key, user, "page", "w", {"n": [1, None, "ä"]}, 1.5)
    assert (change.key, change.kind) == (key, "join")
    assert change.member == (user, 1.5, {"n": [1, None, "ä"]}, 1)
    assert backend.list(key) == [change.member]
    left = backend.leave(key, user, "page")
    assert left is not None
    assert (left.key, left.kind, left.member.user_id) == (key, "leave", user)
    assert backend.list(key) == []


def test_revisions_follow_each_other(backend: PresenceBackend) -> None:
    changes = [join(backend, "ada"), join(backend, "bob"), join(backend, "ada", "q")]
    left = backend.leave("room", "ada", "p")
    assert left is not None
    revisions = [change.rev for change in (*changes, left)]
    assert revisions == list(range(revisions[0], revisions[0] + 4))
    assert backend.snapshot("room").rev == revisions[-1]
    assert backend.revisions(["room", "other"]) == {"room": revisions[-1], "other": 0}


def test_several_tabs_are_one_member(backend: PresenceBackend) -> None:
    assert join(backend, "ada", "1").kind == "join"
    assert join(backend, "ada", "2").kind == "update"
    assert backend.count("room") == 1
    assert backend.list("room")[0].connections == 2
    first = backend.leave("room", "ada", "1")
    assert first is not None
    assert (first.kind, first.member.connections) == ("update", 1)
    last = backend.leave("room", "ada", "2")
    assert last is not None
    assert last.kind == "leave"
    assert backend.count("room") == 0


def test_a_connection_joins_and_leaves_once(backend: PresenceBackend) -> None:
    join(backend, "ada")
    again = backend.join("room", "ada", "p", "w", {"name": "Countess"}, 99.0)
    assert (again.kind, again.member) == ("update", ("ada", 5.0, {"name": "Countess"}, 1))
    assert backend.leave("room", "ada", "p") is not None
    assert backend.leave("room", "ada", "p") is None
    assert backend.leave("other", "ada", "p") is None


def test_members_come_in_the_order_in_which_they_joined(backend: PresenceBackend) -> None:
    for index, user in enumerate(["c", "a", "b"]):
        backend.join("room", user, "p", "w", {}, float(index))
    assert [each.user_id for each in backend.list("room")] == ["c", "a", "b"]


def expired(backend: PresenceBackend) -> list[Change]:
    """Wait until a lease has run out, and return what was cleaned up."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if changes := backend.cleanup_stale():
            return changes
    raise AssertionError("The lease never ran out.")


def test_what_belongs_to_a_dead_worker_is_removed_once(backend: PresenceBackend) -> None:
    backend.heartbeat("alive", 60)
    backend.heartbeat("dead", 0.05)
    join(backend, "ada", "1", "dead")
    join(backend, "bob", "1", "dead")
    join(backend, "bob", "2", "alive")
    changes = expired(backend)
    assert sorted((each.kind, each.member.user_id) for each in changes) == [
        ("leave", "ada"),
        ("update", "bob"),
    ]
    assert [each.user_id for each in backend.list("room")] == ["bob"]
    assert backend.cleanup_stale() == []


def test_a_connection_that_moved_outlives_its_first_worker(backend: PresenceBackend) -> None:
    backend.heartbeat("alive", 60)
    backend.heartbeat("dead", 0.05)
    join(backend, "ada", "1", "dead")
    join(backend, "bob", "1", "dead")
    join(backend, "ada", "1", "alive")
    assert [each.member.user_id for each in expired(backend)] == ["bob"]
    assert [each.user_id for each in backend.list("room")] == ["ada"]


def test_a_worker_does_not_take_away_what_moved_to_another(backend: PresenceBackend) -> None:
    join(backend, "ada", "1", "first")
    join(backend, "ada", "1", "second")
    assert backend.leave("room", "ada", "1", "first") is None
    assert [each.connections for each in backend.list("room")] == [1]
    left = backend.leave("room", "ada", "1", "second")
    assert left is not None
    assert left.kind == "leave"


def test_a_heartbeat_says_whether_the_lease_was_lost(backend: PresenceBackend) -> None:
    assert backend.heartbeat("w", 60) is False
    assert backend.heartbeat("w", 60) is True
    assert backend.heartbeat("w", 0.001) is True
    deadline = time.monotonic() + 10
    while backend.heartbeat("w", 0.001) and time.monotonic() < deadline:
        pass
    assert backend.health_check()


def test_ten_thousand_members(backend: PresenceBackend) -> None:
    for index in range(10_000):
        backend.join("room", f"user-{index}", "p", "gone", {"n": index}, float(index))
    assert backend.count("room") == 10_000
    members = backend.list("room")
    assert [each.meta["n"] for each in members] == list(range(10_000))
    assert len(backend.cleanup_stale()) == 10_000
    assert backend.count("room") == 0


def test_a_server_that_is_away_is_named(redis_server: RedisServer) -> None:
    away = RedisBackend("redis://127.0.0.1:1/0", "x")
    assert away.health_check() is False
    calls: list[Callable[[], object]] = [
        lambda: join(away, "ada"),
        lambda: away.leave("room", "ada", "p"),
        lambda: away.snapshot("room"),
        lambda: away.count("room"),
        lambda: away.revisions(["room"]),
        lambda: away.heartbeat("w", 1),
        lambda: away.cleanup_stale(),
    ]
    for call in calls:
        with pytest.raises(PresenceUnavailable):
            call()


def test_backends_are_named_by_word_or_path() -> None:
    path = "djust_presence.backends.memory.MemoryBackend"
    assert isinstance(make_backend("memory"), MemoryBackend)
    assert isinstance(make_backend(path), MemoryBackend)
    for wrong in ("nothing", "djust_presence.nothing.Here", "collections.OrderedDict"):
        with pytest.raises(UnknownPresenceBackend):
            make_backend(wrong)
