"""What one call has changed in streams, so that it can be taken back when the call raises."""

from __future__ import annotations

from collections.abc import Callable

from djust_streaming.collections import Collection
from djust_streaming.rows import Entry

Operation = Callable[[Collection], None]


class Undo:
    """Collections as they were before a call, and what the call wants to send.

    A collection is copied with the first change only, so a call that changes none costs nothing.

    Attributes:
        entries: Go to the browser when the call has succeeded.
    """

    __slots__ = ("_before", "_foreign", "entries")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._before: dict[str, Collection | None] = {}
        # What background work has changed since then in the same collections.
        self._foreign: list[tuple[str, Operation]] = []

    def note(
        self, name: str, collection: Collection | None, operation: Operation, *, is_own: bool
    ) -> None:
        """Remember a collection before an operation of the call, or of other work beside it."""
        if not is_own:
            if name in self._before:
                self._foreign.append((name, operation))
        elif name not in self._before:
            self._before[name] = None if collection is None else collection.copy()

    def forget(self, name: str) -> bool:
        """Send no HTML for an element that text was streamed into since; was there any?"""
        count = len(self.entries)
        self.entries = [entry for entry in self.entries if entry[0] != name]
        return len(self.entries) < count

    def take_back(self, collections: dict[str, Collection]) -> None:
        """Make the collections what they would be without the call."""
        for name, before in self._before.items():
            if before is None:
                del collections[name]
            else:
                collections[name] = before
        for name, operation in self._foreign:
            if name in collections:
                operation(collections[name])
