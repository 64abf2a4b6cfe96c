"""What a session does later: one timer a name, each of which puts a message into its queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


class Timers:
    """The timers of one session.

    Args:
        loop: Where they run.
        post: Takes the message of a timer that is over.
    """

    __slots__ = ("_handles", "_loop", "_post")

    def __init__(self, loop: asyncio.AbstractEventLoop, post: Callable[[Any], None]) -> None:
        self._loop = loop
        self._post = post
        self._handles: dict[str, asyncio.TimerHandle] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._handles

    def set(self, name: str, delay_s: float, message: Any) -> None:
        """Post ``message`` after a delay, instead of what this timer was set to."""
        self.cancel(name)
        self._handles[name] = self._loop.call_later(delay_s, self._post, message)

    def cancel(self, name: str) -> None:
        """Let a timer be over without a message; it need not be set."""
        handle = self._handles.pop(name, None)
        if handle is not None:
            handle.cancel()

    def cancel_all(self) -> None:
        """Let all be over."""
        for name in list(self._handles):
            self.cancel(name)
