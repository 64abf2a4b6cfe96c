"""The other end of a session, without a network."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable
from typing import Any

from django.test import AsyncClient
from djust_live.messages import End
from djust_live.websocket import LiveConsumer
from djust_testing import wire
from djust_vdom import Document

# No bar for speed: what has not come by then never comes, however busy the machine is. Who breaks the code
# on purpose, a thousand times over, will not wait that long each time.
TIMEOUT_S = float(os.environ.get("DJUST_TEST_WAIT_S", "60"))


class Browser:
    """The other end of a session: speaks frames through the consumer, without a network.

    Attributes:
        host: Where the socket leads.
        headers: What else the socket's handshake carries.
        html: The first page.
        frames: What arrived, decoded.
        reads: While it is not set, the network takes nothing.
    """

    def __init__(self, cookies: dict[str, str] | None = None, origin: str | None = None) -> None:
        self.cookies = cookies or {}
        self.origin = origin or "http://testserver"
        self.host = b"testserver"
        self.headers: list[tuple[bytes, bytes]] = []
        self.html = ""
        self.token = ""
        self.frames: list[list[Any]] = []
        self.sent: list[dict[str, Any]] = []
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.ref = 0
        self.reads = asyncio.Event()
        self.reads.set()

    async def load(self, path: str, client: Any = None) -> str:
        """Get a page the way Django's test client does."""
        client = client or AsyncClient()
        response = await client.get(path)
        assert response.status_code == 200, response.status_code
        self.html = response.content.decode()
        self.cookies.update({name: morsel.value for name, morsel in client.cookies.items()})
        self.token = wire.token_of(self.html)
        self.ref = 0
        return self.html

    def open(self) -> None:
        """Open the socket."""
        headers = [(b"host", self.host), (b"origin", self.origin.encode()), *self.headers]
        if self.cookies:
            text = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers.append((b"cookie", text.encode()))
        scope = {
            "type": "websocket",
            "path": "/ws/djust/",
            "query_string": b"",
            "headers": headers,
            "scheme": "ws",
            "server": ("testserver", 80),
            "client": ("127.0.0.1", 5000),
            "extensions": {"websocket.http.response": {}},
        }
        self._inbox = asyncio.Queue()
        self._inbox.put_nowait({"type": "websocket.connect"})
        consumer: Any = LiveConsumer()
        self._task = asyncio.ensure_future(consumer(scope, self._inbox.get, self._take))

    async def _take(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        self.sent.append(message)
        if message["type"] == "websocket.send":
            self.frames.append(json.loads(message["text"]))
        self._arrived.set()

    def send(self, frame: Any) -> None:
        """Send a frame; text as it is, anything else as JSON, bytes as a binary message."""
        if isinstance(frame, bytes):
            self._inbox.put_nowait({"type": "websocket.receive", "bytes": frame})
            return
        text = frame if isinstance(frame, str) else json.dumps(frame)
        self._inbox.put_nowait({"type": "websocket.receive", "text": text})

    async def join(self, rev: int = 0, ref: int = 0) -> list[Any]:
        """Attach and return the ready frame."""
        self.open()
        page = Document(self.html)
        self.send(wire.join(self.token, page.node_count, page.structure_hash, rev, ref))
        return await self.next(lambda frame: frame[0] in ("ready", "reload", "error"))

    async def event(self, name: str, /, **params: Any) -> list[Any]:
        """Send an event and return its reply."""
        self.ref += 1
        mine = self.ref
        self.send(["event", mine, 0, name, params])
        return await self.next(lambda frame: frame[0] == "reply" and frame[1] == mine)

    async def next(self, wanted: Callable[[list[Any]], bool] = lambda frame: True) -> list[Any]:
        """Return the first frame that is wanted, and forget it."""
        while True:
            for index, frame in enumerate(self.frames):
                if wanted(frame):
                    return self.frames.pop(index)
            await self._wait()

    async def message(self, kind: str) -> dict[str, Any]:
        """Return the first ASGI message of a kind."""
        while True:
            for message in self.sent:
                if message["type"] == kind:
                    return message
            await self._wait()

    async def _wait(self) -> None:
        self._arrived.clear()
        await asyncio.wait_for(self._arrived.wait(), TIMEOUT_S)

    async def drop(self) -> None:
        """Break the connection."""
        if self._task is not None:
            self._inbox.put_nowait({"type": "websocket.disconnect", "code": 1006})
            await self._task
            self._task = None


async def end(session: Any) -> None:
    """End a session and wait until its view is gone."""
    session.post(End("test"))
    await session.finished()


async def until(condition: Callable[[], Any], timeout_s: float = TIMEOUT_S) -> None:
    """Let the loop run until ``condition`` holds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "The condition never came true."
        await asyncio.sleep(0.002)
