"""Checkpoints in the memory of this process: for pages that sleep, not for restarts."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from djust_live.backends.base import Claim, Entry, StateBackend, first_epoch, next_epoch
from djust_live.config import config


class MemoryBackend(StateBackend):
    """The default: views that nobody looks at for long are kept as bytes, oldest leave first.

    Args:
        max_bytes: Most bytes that are kept; None: ``MEMORY_STATE_BYTES``.
        clock: Seconds, monotonic.
    """

    is_shared = False

    def __init__(
        self, max_bytes: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_bytes = max_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[bytes, tuple[float, int, bytes]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size_bytes(self) -> int:
        """Bytes of all checkpoints."""
        return self._bytes

    def claim(self, page_id: bytes) -> Claim:
        """Become the owner of a page and return what is known of it."""
        with self._lock:
            found = self._get(page_id)
            if found is None:
                return Claim(first_epoch(), None, None)
            expires, previous, data = found
            epoch = next_epoch(previous)
            self._entries[page_id] = (expires, epoch, data)
            return Claim(epoch, previous, data)

    def owner(self, page_id: bytes) -> int | None:
        """Return the epoch of a page's owner."""
        with self._lock:
            found = self._get(page_id)
            return None if found is None else found[1]

    def write(self, entries: Sequence[Entry]) -> list[bool]:
        """Write checkpoints."""
        with self._lock:
            return [self._put(entry) for entry in entries]

    def delete(self, page_id: bytes, epoch: int) -> None:
        """Forget a page."""
        with self._lock:
            found = self._entries.get(page_id)
            if found is not None and found[1] <= epoch:
                self._remove(page_id)

    def clean(self) -> int:
        """Remove what has expired."""
        now = self._clock()
        with self._lock:
            gone = [key for key, (expires, _, _) in self._entries.items() if expires <= now]
            for page_id in gone:
                self._remove(page_id)
        return len(gone)

    def entries(self) -> list[Entry]:
        """Return what is kept, with the time that it has left."""
        self.clean()
        now = self._clock()
        with self._lock:
            return [
                Entry(page_id, epoch, data, expires - now)
                for page_id, (expires, epoch, data) in self._entries.items()
            ]

    def clear(self) -> None:
        """Remove all."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def _get(self, page_id: bytes) -> tuple[float, int, bytes] | None:
        found = self._entries.get(page_id)
        if found is not None and found[0] <= self._clock():
            self._remove(page_id)
            return None
        return found

    def _put(self, entry: Entry) -> bool:
        found = self._get(entry.page_id)
        if found is not None:
            if found[1] > entry.epoch:
                return False
            self._remove(entry.page_id)
        self._entries[entry.page_id] = (self._clock() + entry.ttl_s, entry.epoch, entry.data)
        self._bytes += len(entry.data)
        limit = config.MEMORY_STATE_BYTES if self._max_bytes is None else self._max_bytes
        while self._bytes > limit:
            self._remove(next(iter(self._entries)))
        return True

    def _remove(self, page_id: bytes) -> None:
        self._bytes -= len(self._entries.pop(page_id)[2])
