"""Presence in this process: for one worker, and for tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from djust_presence.backends.base import Change, Kind, Member, PresenceBackend, Snapshot


@dataclass(slots=True)
class _User:
    joined_at: float
    meta: dict[str, Any]
    connections: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Room:
    rev: int
    users: dict[str, _User] = field(default_factory=dict)


class MemoryBackend(PresenceBackend):
    """Knows only this process.

    Args:
        clock: Seconds for the leases; never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rooms: dict[str, _Room] = {}
        self._leases: dict[str, float] = {}
        self._owned: dict[str, dict[tuple[str, str, str], None]] = {}

    def join(
        self,
        key: str,
        user_id: str,
        connection: str,
        worker: str,
        meta: dict[str, Any],
        joined_at: float,
    ) -> Change:
        """Add a connection."""
        with self._lock:
            room = self._rooms.get(key)
            if room is None:
                room = self._rooms[key] = _Room(int(time.time() * 1000))
            user = room.users.get(user_id)
            kind: Kind = "join" if user is None else "update"
            if user is None:
                user = room.users[user_id] = _User(joined_at, meta)
            before = user.connections.get(connection)
            if before is not None:
                self._disown(before, (key, user_id, connection))
            user.meta = meta
            user.connections[connection] = worker
            self._owned.setdefault(worker, {})[key, user_id, connection] = None
            return self._changed(key, room, kind, user_id, user)

    def leave(
        self, key: str, user_id: str, connection: str, worker: str | None = None
    ) -> Change | None:
        """Remove a connection."""
        with self._lock:
            owned = self._owned.get(worker, {}) if worker is not None else None
            if owned is not None and (key, user_id, connection) not in owned:
                return None
            return self._leave(key, user_id, connection)

    def snapshot(self, key: str) -> Snapshot:
        """Return everybody."""
        with self._lock:
            room = self._rooms.get(key)
            if room is None:
                return Snapshot(0, [])
            return Snapshot(room.rev, [_member(name, user) for name, user in room.users.items()])

    def revisions(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the revisions of keys."""
        with self._lock:
            rooms = {key: self._rooms.get(key) for key in keys}
            return {key: 0 if room is None else room.rev for key, room in rooms.items()}

    def count(self, key: str) -> int:
        """Return how many are present."""
        with self._lock:
            room = self._rooms.get(key)
            return 0 if room is None else len(room.users)

    def heartbeat(self, worker: str, lease_s: float) -> bool:
        """Renew a worker's lease."""
        with self._lock:
            now = self._clock()
            was_alive = self._leases.get(worker, now) > now
            self._leases[worker] = now + lease_s
            return was_alive

    def cleanup_stale(self) -> list[Change]:
        """Remove the connections of workers whose lease ran out."""
        with self._lock:
            now = self._clock()
            found = []
            for worker in [name for name in self._owned if self._leases.get(name, 0) <= now]:
                found += [self._leave(*entry) for entry in list(self._owned[worker])]
                self._owned.pop(worker, None)
                self._leases.pop(worker, None)
            return [change for change in found if change is not None]

    def health_check(self) -> bool:
        """Memory always answers."""
        return True

    def _leave(self, key: str, user_id: str, connection: str) -> Change | None:
        room = self._rooms.get(key)
        user = room.users.get(user_id) if room is not None else None
        if room is None or user is None or connection not in user.connections:
            return None
        self._disown(user.connections.pop(connection), (key, user_id, connection))
        if user.connections:
            return self._changed(key, room, "update", user_id, user)
        del room.users[user_id]
        if not room.users:
            del self._rooms[key]
        return self._changed(key, room, "leave", user_id, user)

    def _disown(self, worker: str, entry: tuple[str, str, str]) -> None:
        owned = self._owned.get(worker)
        if owned is not None:
            owned.pop(entry, None)
            if not owned:
                del self._owned[worker]

    @staticmethod
    def _changed(key: str, room: _Room, kind: Kind, user_id: str, user: _User) -> Change:
        room.rev += 1
        return Change(key, room.rev, kind, _member(user_id, user))


def _member(user_id: str, user: _User) -> Member:
    return Member(user_id, user.joined_at, user.meta, len(user.connections))
