"""What a place for presence must do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

Kind = Literal["join", "update", "leave"]


class Member(NamedTuple):
    """Somebody who is present under a key.

    Attributes:
        user_id: Who.
        joined_at: When the first of their connections came, in seconds since 1970.
        meta: Plain data about them.
        connections: How many of their pages are connected.
    """

    user_id: str
    joined_at: float
    meta: dict[str, Any]
    connections: int


class Change(NamedTuple):
    """What one call has changed under a key.

    Attributes:
        key: Where.
        rev: Revision of the key that the change leads to; it was one less before.
        kind: ``join``: the first connection; ``leave``: the last one went; ``update``: another
            number of connections, or other data.
        member: As they are now; for ``leave`` as they were.
    """

    key: str
    rev: int
    kind: Kind
    member: Member


class Snapshot(NamedTuple):
    """All members of a key at one revision; 0 when nobody is there."""

    rev: int
    members: list[Member]


class PresenceBackend(ABC):
    """Keeps who is present, by connection, so that several tabs of somebody count once.

    Every connection belongs to a worker, a process that renews its one lease. When the lease
    runs out, :meth:`cleanup_stale` of any other worker removes what belonged to it. Keys and user
    ids are any text. Methods may be called from any thread and may block; they raise
    :class:`~djust_presence.errors.PresenceUnavailable` when the store does not answer.
    """

    @abstractmethod
    def join(
        self,
        key: str,
        user_id: str,
        connection: str,
        worker: str,
        meta: dict[str, Any],
        joined_at: float,
    ) -> Change:
        """Add a connection; for one that is known already, change its worker and the data."""

    @abstractmethod
    def leave(
        self, key: str, user_id: str, connection: str, worker: str | None = None
    ) -> Change | None:
        """Remove a connection; None when it is not known, or belongs to another than ``worker``.

        A page that comes back may be with another worker before the one that it left says so.
        """

    @abstractmethod
    def snapshot(self, key: str) -> Snapshot:
        """Return everybody, with the revision."""

    @abstractmethod
    def revisions(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the revisions of keys; 0 where nobody is."""

    @abstractmethod
    def count(self, key: str) -> int:
        """Return how many are present."""

    @abstractmethod
    def heartbeat(self, worker: str, lease_s: float) -> bool:
        """Renew a worker's lease.

        Returns:
            False when there was none: what belonged to it may have been removed.
        """

    @abstractmethod
    def cleanup_stale(self) -> list[Change]:
        """Remove the connections of workers whose lease ran out."""

    @abstractmethod
    def health_check(self) -> bool:
        """Return whether the store answers."""

    def list(self, key: str) -> list[Member]:
        """Return everybody, those who came first first."""
        return sorted(self.snapshot(key).members, key=lambda member: member[1::-1])
