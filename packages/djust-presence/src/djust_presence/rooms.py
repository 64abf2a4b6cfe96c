"""What this process knows of a key: one copy for all views that look at it."""

from __future__ import annotations

import datetime
import hashlib
import threading
from bisect import bisect_left, insort
from collections import deque
from typing import Any, Literal, Protocol, TypedDict
from weakref import WeakSet

from djust_presence.backends.base import Kind, Member, Snapshot


class Presence(TypedDict):
    """Somebody who is present, as views see them."""

    id: str
    joined_at: datetime.datetime
    meta: dict[str, Any]
    connections: int


# Where somebody stands in the list.
_Place = tuple[datetime.datetime, str]

Difference = tuple[Kind, Presence]
# What a change is for those who look on; ``told``: they hear of it in another way.
Seen = Literal["join", "update", "leave", "told"]

_MAX_CORRECTED = 20_000


class Watcher(Protocol):
    """A view that looks at a room."""

    def refreshed(self, differences: list[Difference], rev: int) -> None:
        """Take what was missed; called from any thread."""
        ...


def topic_of(key: str) -> str:
    """Return the topic of a key; keys may be any text, also what cannot be encoded."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def shown(member: Member) -> Presence:
    """Return a member as views see it."""
    joined_at = datetime.datetime.fromtimestamp(member.joined_at, datetime.timezone.utc)
    return Presence(
        id=member.user_id,
        joined_at=joined_at,
        meta=member.meta,
        connections=member.connections,
    )


def _place(presence: Presence) -> _Place:
    return presence["joined_at"], presence["id"]


def full_key(tenant: str, scope: str, key: str) -> str:
    """Return a key behind the tenant and what else separates it, so that no two can be mixed up."""
    return f"{len(tenant)}:{tenant}:{len(scope)}:{scope}:{key}"


def tenant_of(key: str) -> str:
    """Return the tenant of a full key."""
    length, _, rest = key.partition(":")
    return rest[: int(length)]


class Room:
    """The members of a key, kept up to date by changes that follow each other without a gap.

    Attributes:
        key: With the prefix of the tenant.
        topic: Where changes are told.
        rev: Revision that this is; None before the members were read.
        is_refreshing: The members are about to be read again.
        watchers: Views with a browser.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.topic = topic_of(key)
        self.rev: int | None = None
        self.is_refreshing = False
        self.watchers: WeakSet[Watcher] = WeakSet()
        self._members: dict[str, Presence] = {}
        # Their places in the list, in order: a change moves one, and a page of it costs a page.
        self._order: list[_Place] = []
        # Changes that were told as something else than they are to those who look on, by revision.
        self._corrected: dict[int, Kind] = {}
        # Revisions that were passed over: their changes are among the differences of a refresh.
        self._skipped: deque[tuple[int, int]] = deque(maxlen=8)
        self._lock = threading.Lock()

    def members(self, limit: int | None = None, offset: int = 0) -> list[Presence]:
        """Return everybody, or a part of them; those who came first first."""
        offset = max(0, offset)
        end = None if limit is None else offset + max(0, limit)
        with self._lock:
            return [self._members[name] for _, name in self._order[offset:end]]

    def find(self, user_id: str) -> Presence | None:
        """Return somebody, if they are here."""
        return self._members.get(user_id)

    def count(self) -> int:
        """Return how many are here."""
        return len(self._members)

    def apply(self, rev: int, kind: Kind, presence: Presence) -> Seen | None:
        """Take one change, as often as it is told; None when one before it was missed.

        Returns:
            What it is for those who look on: somebody who joins the store anew, after that was
            lost, was here all the time.
        """
        with self._lock:
            if self.rev is None or rev > self.rev + 1:
                return None
            if any(first < rev <= last for first, last in self._skipped):
                return "told"
            if rev <= self.rev:
                return self._corrected.get(rev, kind)
            self.rev = rev
            old = self._members.pop(presence["id"], None)
            if old is not None:
                del self._order[bisect_left(self._order, _place(old))]
            if kind == "leave":
                return kind
            seen: Kind = "join" if old is None else "update"
            self._members[presence["id"]] = presence
            insort(self._order, _place(presence))
            if seen != kind:
                self._corrected[rev] = seen
                if len(self._corrected) > _MAX_CORRECTED:
                    del self._corrected[next(iter(self._corrected))]
            return seen

    def replace(self, snapshot: Snapshot, *, keep: bool = False) -> list[Difference]:
        """Take everybody anew, and return who came and went meanwhile; nobody the first time.

        Args:
            snapshot: Who is here, as the store knows it.
            keep: The store may not know everybody again yet, so let nobody go.
        """
        fresh = {each.user_id: shown(each) for each in snapshot.members}
        with self._lock:
            if keep:
                fresh = {**self._members, **fresh}
            old, self._members = self._members, fresh
            self._order = sorted(map(_place, fresh.values()))
            before, self.rev = self.rev, snapshot.rev
            if before is not None:
                self._skipped.append((before, snapshot.rev))
        if before is None:
            return []
        left: list[Difference] = [("leave", old[name]) for name in old if name not in fresh]
        changed: list[Difference] = [
            ("update" if name in old else "join", presence)
            for name, presence in fresh.items()
            if old.get(name) != presence
        ]
        return left + changed
