"""A state backend that tests can look into."""

from __future__ import annotations

from collections.abc import Sequence

from djust_live.backends import Claim, Entry, StateBackend
from djust_live.backends.memory import MemoryBackend
from djust_live.errors import BackendUnavailable


class SharedMemory(StateBackend):
    """A store that outlives the sessions of a test, as Redis outlives a process."""

    store = MemoryBackend()
    is_away = False
    writes = 0

    def claim(self, page_id: bytes) -> Claim:
        self._check()
        return self.store.claim(page_id)

    def owner(self, page_id: bytes) -> int | None:
        self._check()
        return self.store.owner(page_id)

    def write(self, entries: Sequence[Entry]) -> list[bool]:
        self._check()
        type(self).writes += 1
        return self.store.write(entries)

    def delete(self, page_id: bytes, epoch: int) -> None:
        self._check()
        self.store.delete(page_id, epoch)

    def _check(self) -> None:
        if self.is_away:
            raise BackendUnavailable("away")
