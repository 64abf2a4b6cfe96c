"""Rows on their way: rendered once by the view's own template, kept until the browser has them."""

from __future__ import annotations

import random
from collections import deque
from typing import TYPE_CHECKING, Any

from djust_live.rendering import context_of_page, render_template, template_of

from djust_streaming.collections import Change
from djust_streaming.regions import regions

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

# A stream, the HTML of its new rows, and what happens to rows; None: the HTML is all there is.
Entry = tuple[str, str, list[list[int]] | None]


class RowLog:
    """Numbered entries that the browser applies in order.

    Attributes:
        name: Tells this log from that of another view that the page had before.
        base: The number of the last entry that the browser has.
        sent: The number of the last entry that is on its way.
        size: Characters of the entries that are kept.
    """

    __slots__ = ("_entries", "base", "name", "sent", "size")

    def __init__(self) -> None:
        self.name = random.getrandbits(31)
        self.base = 0
        self.sent = 0
        self.size = 0
        self._entries: deque[Entry] = deque()

    @property
    def end(self) -> int:
        """The number of the last entry."""
        return self.base + len(self._entries)

    def add(self, entry: Entry) -> None:
        """Add an entry."""
        self._entries.append(entry)
        self.size += _size(entry)

    def put_first(self, entries: list[Entry]) -> None:
        """Put entries before all others; none may be on its way."""
        self._entries.extendleft(reversed(entries))
        self.size += sum(_size(entry) for entry in entries)

    def has_html(self, name: str) -> bool:
        """Return whether HTML for the element of a stream is kept."""
        return any(entry[0] == name and entry[2] is None for entry in self._entries)

    def take(self) -> tuple[list[Any], int]:
        """Return the next message and its size."""
        entry = self._entries[self.sent - self.base]
        self.sent += 1
        return [self.name, self.sent, *entry], _size(entry)

    def in_flight(self) -> int:
        """Return how many characters are on their way."""
        return sum(_size(self._entries[index]) for index in range(self.sent - self.base))

    def acknowledge(self, number: int) -> int:
        """Forget what the browser has, and return its size."""
        gone = 0
        while self.base < min(number, self.sent):
            gone += _size(self._entries.popleft())
            self.base += 1
        self.size -= gone
        return gone

    def resume(self, number: int) -> int | None:
        """Go on after entry ``number``; None: the browser has what this log does not know."""
        if not self.base <= number <= self.end:
            return None
        self.sent = self.end
        gone = self.acknowledge(number)
        self.sent = self.base
        return gone

    def dump(self) -> list[Any]:
        """Return the log as plain data."""
        return [self.name, self.base, [list(entry) for entry in self._entries]]

    @classmethod
    def load(cls, data: list[Any]) -> RowLog:
        """Return a log from what :meth:`dump` gave."""
        log = cls()
        log.name, log.base, entries = data
        log.sent = log.base
        for name, text, changes in entries:
            log.add((name, text, changes))
        return log


def render_rows(view: LiveView, names: set[str]) -> dict[str, str]:
    """Render the view's template and return the inside of the elements of some streams.

    A stream whose element the template does not show at the moment is left out.
    """
    page = render_template(template_of(view), context_of_page(view), view)
    return regions(page, names)


def entry_of(name: str, text: str, changes: list[Change]) -> Entry:
    """Return rendered changes as they travel."""
    return name, text, [[code, place] for code, place, _ in changes]


def _size(entry: Entry) -> int:
    return len(entry[1]) + 16 * len(entry[2] or ()) + 16
