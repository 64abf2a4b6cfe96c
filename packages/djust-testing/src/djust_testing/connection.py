"""A connection of a test client, without a network: frames in, frames out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from djust_live.joining import sessions
from djust_live.messages import End
from djust_live.session import LiveSession
from djust_live.websocket import LiveConsumer

from djust_testing.reach import Impossible

# What is waited for may happen on the server without a frame.
_MOMENT_S = 0.02


class Connection:
    """A connection of the engine's own consumer, without a network."""

    def __init__(self, scope: dict[str, Any]) -> None:
        self.frames: list[str] = []
        self.last = ""
        self._scope = scope
        self._inbox: asyncio.Queue[dict[str, Any]] | None = None
        self._task: asyncio.Task[None] | None = None
        self._wanted: Callable[[list[Any]], bool] = lambda items: False
        self._found: asyncio.Future[None] | None = None
        self._arrived = asyncio.Event()

    async def join(self, frame: str) -> None:
        """Open the connection, attach, and wait for the answer."""
        self._inbox = asyncio.Queue()
        self._inbox.put_nowait({"type": "websocket.connect"})
        consumer: Any = LiveConsumer()
        serving = consumer(self._scope, self._inbox.get, self._take)
        self._task = asyncio.get_running_loop().create_task(serving)
        await self._until(frame, lambda items: items[0] in ("ready", "reload", "error"))

    async def ask(self, frame: str, ref: int) -> None:
        """Send an event and wait for its answer."""
        await self._until(frame, lambda items: items[0] == "reply" and items[1] == ref)

    async def ask_root(self, rev: int) -> None:
        """Ask for the whole root, and wait until it is here."""
        frame = msgspec.json.encode(["resync", rev]).decode()
        await self._until(frame, lambda items: items[0] == "html")

    def post(self, frame: str | bytes) -> None:
        """Send a frame that no answer is waited for; for the engine's loop."""
        if self._inbox is not None:
            kind = "text" if isinstance(frame, str) else "bytes"
            self._inbox.put_nowait({"type": "websocket.receive", kind: frame})

    async def arrival(self) -> None:
        """Wait until there is a frame that nobody has taken, or a moment has passed."""
        self._arrived.clear()
        if not self.frames:
            waiting = asyncio.ensure_future(self._arrived.wait())
            await asyncio.wait({waiting}, timeout=_MOMENT_S)
            waiting.cancel()

    async def drop(self) -> None:
        """Break the connection."""
        if self._inbox is not None and self._task is not None:
            self._inbox.put_nowait({"type": "websocket.disconnect", "code": 1006})
            await self._task

    async def _until(self, frame: str, wanted: Callable[[list[Any]], bool]) -> None:
        if self._inbox is None or self._task is None:
            raise Impossible("The connection is not open.")
        self._wanted = wanted
        self._found = asyncio.get_running_loop().create_future()
        self._inbox.put_nowait({"type": "websocket.receive", "text": frame})
        await asyncio.wait({self._found, self._task}, return_when=asyncio.FIRST_COMPLETED)

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"] != "websocket.send":
            return
        self.last = text = message["text"]
        self.frames.append(text)
        self._arrived.set()
        found = self._found
        if found is not None and not found.done() and self._wanted(_items(text)):
            found.set_result(None)


async def caught_up(session: LiveSession) -> None:
    """Wait until a session has handled everything that it has been sent by now.

    Nothing is sent to it for that: a turn renders, and a test may count the queries.
    """
    loop = asyncio.get_running_loop()
    sent: asyncio.Future[None] = loop.create_future()
    # Behind what other threads have handed to the loop by now.
    loop.call_soon_threadsafe(sent.set_result, None)
    await sent
    while session.alive and not session.is_idle:
        await asyncio.wait({session.progress()}, timeout=_MOMENT_S)


async def worked_off(session: LiveSession) -> None:
    """Wait until what extensions have begun by now is over, and what that has led to is handled."""
    await caught_up(session)
    if session.tasks:
        await asyncio.wait(session.tasks)
    await caught_up(session)


async def ended(session: LiveSession) -> None:
    """End a session, and wait until it has."""
    session.post(End("left"))
    await session.finished()


async def all_ended() -> None:
    """End all sessions of this process, and wait until their views are gone."""
    for session in [*sessions, *sessions.ending]:
        await ended(session)


@contextmanager
def logged_errors() -> Iterator[list[BaseException]]:
    """Collect what the engine logs while an event is handled, to chain it to a failure."""
    found: list[BaseException] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info is not None and record.exc_info[1] is not None:
                found.append(record.exc_info[1])

    collector = Collector(logging.ERROR)
    logger = logging.getLogger("djust_live")
    logger.addHandler(collector)
    try:
        yield found
    finally:
        logger.removeHandler(collector)


def _items(frame: str) -> list[Any]:
    return msgspec.json.decode(frame, type=list[Any])
