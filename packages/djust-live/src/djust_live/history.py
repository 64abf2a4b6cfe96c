"""The frames that a page may have missed."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple


class SentFrame(NamedTuple):
    """A frame that left.

    Attributes:
        rev: The revision it leads to.
        ref: The event it answers; 0 when none asked for it.
        text: As it was sent.
    """

    rev: int
    ref: int
    text: str


class FrameHistory:
    """Frames that the browser has not acknowledged, bounded in number and size.

    Args:
        max_frames: Most frames that are kept.
        max_bytes: Most bytes that are kept.
    """

    __slots__ = ("_bytes", "_frames", "_max_bytes", "_max_frames")

    def __init__(self, max_frames: int, max_bytes: int) -> None:
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._frames: deque[SentFrame] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, rev: int, ref: int, text: str) -> None:
        """Keep a frame; the oldest leave when there are too many."""
        self._frames.append(SentFrame(rev, ref, text))
        self._bytes += len(text)
        while self._frames and (
            len(self._frames) > self._max_frames or self._bytes > self._max_bytes
        ):
            self._drop()

    def acknowledge(self, rev: int) -> None:
        """Forget what the browser has for certain.

        Frames arrive in order, so a page that shows ``rev`` has all frames of lower revisions. Of
        those of ``rev`` itself only the first is certain: empty replies carry it too.
        """
        frames = self._frames
        while frames and frames[0].rev < rev:
            self._drop()

    def missed(self, current: int, rev: int, ref: int) -> list[str] | None:
        """Return the frames that a page at revision ``rev`` and event ``ref`` has not seen.

        Returns:
            None when they are no longer all here, or when the page is ahead of ``current``.
        """
        if rev > current:
            return None
        found = [frame for frame in self._frames if frame.rev > rev or frame.ref > ref]
        revisions = {frame.rev for frame in found if frame.rev > rev}
        if revisions != set(range(rev + 1, current + 1)):
            return None
        return [frame.text for frame in found]

    def reply_to(self, ref: int) -> str | None:
        """Return the reply to an event that came twice."""
        return next((frame.text for frame in self._frames if frame.ref == ref), None)

    def latest(self, max_bytes: int) -> list[tuple[int, int, str]]:
        """Return the last frames, as many as fit."""
        found: list[tuple[int, int, str]] = []
        for frame in reversed(self._frames):
            max_bytes -= len(frame.text)
            if max_bytes < 0:
                break
            found.append(frame)
        return found[::-1]

    def clear(self) -> None:
        """Forget all."""
        self._frames.clear()
        self._bytes = 0

    def _drop(self) -> None:
        self._bytes -= len(self._frames.popleft().text)
