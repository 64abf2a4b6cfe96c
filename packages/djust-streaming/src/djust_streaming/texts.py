"""One text that grows: what the browser does not have yet, and where that starts."""

from __future__ import annotations

import random
from typing import Any

OPEN = "streaming"
DONE = "done"
ERROR = "error"


class Text:
    """A text stream on the server, which forgets what the browser has.

    Offsets count UTF-16 units, as the browser does.

    Attributes:
        epoch: Names this text; another number is another text under the same name.
        base: Where the text that is kept starts; the browser has everything before.
        sent: How far it is on its way.
        state: ``streaming``, ``done`` or ``error``.
        message: Why it failed, for the reader.
        is_told: The browser was sent the state as it is.
        after: Number of the last entry of the log of rows that was there before it: what is
            streamed into the same element later takes its place.
    """

    __slots__ = (
        "_held",
        "_pieces",
        "after",
        "base",
        "end",
        "epoch",
        "is_told",
        "message",
        "sent",
        "state",
    )

    def __init__(self, after: int = 0) -> None:
        self.after = after
        self.epoch = random.getrandbits(31)
        self.base = 0
        self.sent = 0
        self.end = 0
        self.state = OPEN
        self.message = ""
        self.is_told = False
        self._held = ""
        self._pieces: list[str] = []

    def append(self, piece: str) -> int:
        """Add a piece and return its length.

        Raises:
            UnicodeEncodeError: It holds half of a surrogate pair, which is no text.
        """
        length = units(piece)
        if length:
            self._pieces.append(piece)
            self.end += length
        return length

    def turn(self, state: str, message: str = "") -> None:
        """Change the state."""
        if (state, message) != (self.state, self.message):
            self.state, self.message, self.is_told = state, message, False

    def take(self, most: int) -> tuple[int, str]:
        """Return the next part to send, at most ``most`` units, and its offset."""
        offset = self.sent
        _, rest = split(self._joined(), offset - self.base)
        part, _ = split(rest, most)
        self.sent = offset + units(part)
        self.is_told = True
        return offset, part

    def acknowledge(self, at: int) -> int:
        """Forget what the browser has, and return how much that was."""
        if not self.base < at <= self.sent:
            return 0
        gone = at - self.base
        _, self._held = split(self._joined(), gone)
        self.base = at
        return gone

    def resume(self, at: int | None) -> int:
        """Go on where the browser is, and return how much need not be kept any more.

        Args:
            at: What the browser has of this text; None: nothing.
        """
        self.is_told = False
        self.sent = self.end
        gone = self.acknowledge(min(at or 0, self.end))
        self.sent = self.base
        return gone

    def dump(self) -> list[Any]:
        """Return the text as plain data."""
        return [self.epoch, self.base, self._joined(), self.state, self.message, self.after]

    @classmethod
    def load(cls, data: list[Any]) -> Text:
        """Return a text from what :meth:`dump` gave; what still wrote it ended with its process."""
        text = cls()
        text.epoch, text.base, held, text.state, text.message, text.after = data
        text.sent = text.end = text.base
        text.append(held)
        if text.state == OPEN:
            text.state = ERROR
        return text

    def _joined(self) -> str:
        if self._pieces:
            self._held += "".join(self._pieces)
            self._pieces.clear()
        return self._held


def units(text: str) -> int:
    """Return how many UTF-16 units ``text`` has."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def split(text: str, at: int) -> tuple[str, str]:
    """Return what is before and after a number of UTF-16 units; a pair is never cut in two."""
    if text.isascii():
        return text[:at], text[at:]
    data = text.encode("utf-16-le")
    cut = at * 2
    if 0 < cut < len(data) and 0xDC <= data[cut + 1] <= 0xDF:
        cut -= 2
    return data[:cut].decode("utf-16-le"), data[cut:].decode("utf-16-le")
