"""What a place for checkpoints must do."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, NamedTuple


class Entry(NamedTuple):
    """A checkpoint to write.

    Attributes:
        page_id: Whose it is.
        epoch: Of the owner that writes.
        data: Sealed.
        ttl_s: Seconds it is kept.
    """

    page_id: bytes
    epoch: int
    data: bytes
    ttl_s: float


class Claim(NamedTuple):
    """The answer to a new owner.

    Attributes:
        epoch: Of the new owner; older owners can write no more.
        previous: Epoch of the owner before; None when there was none.
        data: The last checkpoint that was written.
    """

    epoch: int
    previous: int | None
    data: bytes | None


class StateBackend(ABC):
    """Keeps checkpoints of pages.

    Every page has one owner at a time. Who claims a page becomes its owner with a higher *epoch*;
    writes of a lower epoch are refused, so an owner that was replaced while it hung or was cut off
    cannot undo what came after. All methods may be called from any thread and may block; they
    raise :class:`~djust_live.errors.BackendUnavailable` when the store does not answer.

    Attributes:
        is_shared: Checkpoints outlive the process and can be seen by others. Replies to events
            then wait until what the event did is written.
    """

    is_shared: ClassVar[bool] = True

    @abstractmethod
    def claim(self, page_id: bytes) -> Claim:
        """Become the owner of a page and return what is known of it."""

    @abstractmethod
    def owner(self, page_id: bytes) -> int | None:
        """Return the epoch of a page's owner; None when the page is not known."""

    @abstractmethod
    def write(self, entries: Sequence[Entry]) -> list[bool]:
        """Write checkpoints of several pages at once.

        Returns:
            For each, whether it was written; False when a newer owner exists.
        """

    @abstractmethod
    def delete(self, page_id: bytes, epoch: int) -> None:
        """Forget a page, unless a newer owner exists."""

    def clean(self) -> int:
        """Remove what has expired, where the store does not do that itself, and count it."""
        return 0


def first_epoch() -> int:
    """Return the epoch of an owner that finds nothing: higher than any before it, in milliseconds.

    Were it 1, an owner from before the store lost its data would count as newer.
    """
    return int(time.time() * 1000)


def next_epoch(previous: int) -> int:
    """Return the epoch of the owner after ``previous``."""
    return max(previous + 1, first_epoch())
