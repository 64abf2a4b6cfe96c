"""This process among the others: one lease for all its connections, and one thread for the store.

Views hand over what should happen and go on: a store that is slow or away delays no page. The
thread renews the lease, removes what dead processes left behind, and reads keys again of which
a change was missed.
"""

from __future__ import annotations

import logging
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from django.core.signals import setting_changed
from djust_live.ports import broadcast

from djust_presence.backends import Change, PresenceBackend, make_backend
from djust_presence.config import config
from djust_presence.errors import PresenceUnavailable
from djust_presence.rooms import Room, tenant_of, topic_of

logger = logging.getLogger(__name__)

# Of the lease: a process is dead when it has not renewed for three of four beats.
_BEATS = 5
_DEAD_AFTER_BEATS = 3.5
# After the store was away or lost its data: until all other processes have told theirs again.
_SETTLING_BEATS = 2


@dataclass(frozen=True, slots=True)
class Connection:
    """One page of somebody under a key, of this process.

    Attributes:
        key: With the prefix of the tenant.
        user_id: Who.
        connection: Names the page.
    """

    key: str
    user_id: str
    connection: str


@dataclass(slots=True)
class _Held:
    meta: dict[str, Any]
    joined_at: float
    is_known: bool = False


class PresenceWorker:
    """The presence of this process; everything may be called from any thread."""

    def __init__(self) -> None:
        self.start_over()

    def start_over(self) -> None:
        """Be a new process: the thread and the locks of another one are not ours."""
        self._lock = threading.Lock()
        self.id = secrets.token_hex(8)
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._backend: PresenceBackend | None = None
        self._held: dict[Connection, _Held] = {}
        self._rooms: WeakValueDictionary[str, Room] = WeakValueDictionary()
        self._owed: dict[Connection, None] = {}
        self._is_away = False
        self._has_beaten = False
        self._settling = 0

    @property
    def backend(self) -> PresenceBackend:
        """The store that ``PRESENCE_BACKEND`` names."""
        with self._lock:
            backend = self._backend
            if backend is None:
                backend = self._backend = make_backend(config.PRESENCE_BACKEND)
            return backend

    def room(self, key: str) -> Room:
        """Return what this process knows of a key."""
        with self._lock:
            room = self._rooms.get(key)
            if room is None:
                room = self._rooms[key] = Room(key)
            return room

    def load(self, room: Room) -> None:
        """Read a room that nobody keeps up to date; what is known stays when the store is away."""
        if room.rev is not None and room.watchers:
            return
        if self._is_away:
            return
        try:
            room.replace(self.backend.snapshot(room.key), keep=bool(self._settling))
        except PresenceUnavailable as error:
            self._lost(error)

    def join(self, connection: Connection, meta: dict[str, Any]) -> None:
        """Let somebody be present with one more page, or with other data."""
        held = self._held.get(connection)
        self._owed.pop(connection, None)
        joined_at = time.time() if held is None else held.joined_at
        self._held[connection] = _Held(meta, joined_at)
        self._submit(lambda: self._join(connection))

    def leave(self, connection: Connection) -> None:
        """Let a page of somebody be gone."""
        if self._held.pop(connection, None) is not None:
            self._owed[connection] = None
            self._submit(lambda: self._leave(connection))

    def refresh(self, room: Room) -> None:
        """Read a room again, and tell its watchers what was missed."""
        if not room.is_refreshing:
            room.is_refreshing = True
            self._submit(lambda: self._refresh(room))

    def beat(self) -> None:
        """Do now what is due regularly; waits until it is done."""
        done = threading.Event()
        self._submit(self._beat)
        self._submit(done.set)
        done.wait(30)

    def stop(self) -> None:
        """End the thread and forget everything, as a new process would."""
        with self._lock:
            thread, jobs = self._thread, self._jobs
        jobs.put(None)
        if thread is not None:
            thread.join(10)
        self.start_over()

    # The thread

    def _submit(self, job: Callable[[], None]) -> None:
        with self._lock:
            self._jobs.put(job)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, args=(self._jobs,), name="djust-presence", daemon=True
                )
                self._thread.start()

    def _run(self, jobs: queue.SimpleQueue[Callable[[], None] | None]) -> None:
        due = 0.0
        while True:
            now = time.monotonic()
            if now >= due:
                self._guarded(self._beat)
                due = now + config.PRESENCE_LEASE_S / _BEATS
            try:
                job = jobs.get(timeout=max(0.0, due - time.monotonic()))
            except queue.Empty:
                continue
            if job is None:
                return
            self._guarded(job)

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except PresenceUnavailable as error:
            self._lost(error)
        except Exception:
            logger.exception("Presence failed")

    def _lost(self, error: PresenceUnavailable) -> None:
        if not self._is_away:
            logger.warning("Presence is interrupted: %s", error)
        self._is_away = True

    def _beat(self) -> None:
        was_settling, self._settling = self._settling, max(0, self._settling - 1)
        was_alive = self._renew()
        was_away, self._is_away = self._is_away, False
        if was_away:
            logger.info("Presence goes on")
            self._settling = _SETTLING_BEATS
        for connection, held in list(self._held.items()):
            if not (was_alive and held.is_known):
                self._join(connection)
        for connection in list(self._owed):
            self._leave(connection)
        # Before that the others get the time to renew their leases, too.
        if not self._settling:
            for change in self.backend.cleanup_stale():
                self._tell(change)
        self._compare(is_forced=was_settling > self._settling == 0)

    def _renew(self) -> bool:
        """Renew the lease; False when the store knew neither it nor what depends on it."""
        lease_s = config.PRESENCE_LEASE_S / _BEATS * _DEAD_AFTER_BEATS
        was_alive = self.backend.heartbeat(self.id, lease_s)
        if self._has_beaten and not was_alive:
            self._settling = _SETTLING_BEATS
        self._has_beaten = True
        return was_alive

    def _compare(self, is_forced: bool) -> None:
        """Find rooms of which a change was missed; forced, read all."""
        rooms = [room for room in list(self._rooms.values()) if room.watchers]
        revisions = self.backend.revisions([room.key for room in rooms]) if rooms else {}
        for room in rooms:
            if is_forced or (
                revisions[room.key] != room.rev and (revisions[room.key] or room.count())
            ):
                self._refresh(room, is_forced=is_forced)

    # What becomes of what views asked for; only in the thread

    def _join(self, connection: Connection) -> None:
        held = self._held.get(connection)
        if held is None or self._is_away:
            return  # gone already, or for the next beat
        key, user_id, page = connection.key, connection.user_id, connection.connection
        held.is_known = False
        self._tell(self.backend.join(key, user_id, page, self.id, held.meta, held.joined_at))
        held.is_known = True

    def _leave(self, connection: Connection) -> None:
        if connection not in self._owed or self._is_away:
            return  # back already, or for the next beat
        key, user_id, page = connection.key, connection.user_id, connection.connection
        self._tell(self.backend.leave(key, user_id, page, self.id))
        self._owed.pop(connection, None)

    def _refresh(self, room: Room, *, is_forced: bool = False) -> None:
        room.is_refreshing = False
        snapshot = self.backend.snapshot(room.key)
        if snapshot.rev == room.rev and not is_forced:
            return
        if room.rev is not None and not self._renew():
            # What was missed is not a change: the store has lost everything.
            for connection in list(self._held):
                self._join(connection)
            snapshot = self.backend.snapshot(room.key)
        differences = room.replace(snapshot, keep=bool(self._settling))
        for watcher in list(room.watchers):
            watcher.refreshed(differences, snapshot.rev)

    def _tell(self, change: Change | None) -> None:
        if change is not None:
            data = (change.rev, change.kind, *change.member)
            broadcast("presence", topic_of(change.key), "change", data, tenant_of(change.key))


worker = PresenceWorker()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=worker.start_over)


def _on_setting_changed(*, setting: str, **kwargs: object) -> None:
    if setting == "DJUST":
        worker.stop()


setting_changed.connect(_on_setting_changed, dispatch_uid="djust_presence.worker")
