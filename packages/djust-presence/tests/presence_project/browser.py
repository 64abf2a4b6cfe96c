"""A page and its socket, without a network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.test import AsyncClient
from djust_live.websocket import LiveConsumer
from djust_testing import wire
from djust_testing.page import Page


class Browser:
    """One tab: it shows what the server renders, and keeps what else the server says."""

    def __init__(self, path: str, client: AsyncClient | None = None, **query: str) -> None:
        self.url = f"{path}?{urlencode(query)}"
        self.client = client or AsyncClient()
        self.frames: list[Any] = []
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[Any] | None = None
        self._ref = 0

    async def open(self) -> Browser:
        """Load the page and attach."""
        html = (await self.client.get(self.url)).content.decode()
        self.page, self.token = Page(html), wire.token_of(html)
        await self.attach(wire.join(self.token, *self.page.shape))
        return self

    @property
    def html(self) -> str:
        """What the page shows."""
        return self.page.html

    async def attach(self, join: Any, answer: str = "ready") -> None:
        """Open the socket, and wait for an answer of this kind."""
        cookies = "; ".join(f"{k}={v.value}" for k, v in self.client.cookies.items())
        headers = [(b"host", b"testserver"), (b"origin", b"http://testserver")]
        headers.append((b"cookie", cookies.encode()))
        scope = {
            "type": "websocket",
            "path": "/ws/djust/",
            "query_string": b"",
            "headers": headers,
            "scheme": "ws",
            "server": ("testserver", 80),
            "client": ("127.0.0.1", 5000),
        }
        self._inbox = asyncio.Queue()
        self._inbox.put_nowait({"type": "websocket.connect"})
        consumer: Any = LiveConsumer()
        self._task = asyncio.ensure_future(consumer(scope, self._inbox.get, self._take))
        self.send(join)
        await self.until(lambda: any(frame[0] == answer for frame in self.frames))

    async def reattach(self, answer: str = "ready") -> None:
        """Come back after a drop."""
        self.frames.clear()
        join = wire.join(self.token, *self.page.shape, self.page.rev, self._ref)
        await self.attach(join, answer)

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            self.page.take(message["text"])
            self.frames.append(json.loads(message["text"]))
        self._arrived.set()

    def send(self, frame: Any) -> None:
        """Send a frame."""
        text = frame if isinstance(frame, str) else json.dumps(frame)
        self._inbox.put_nowait({"type": "websocket.receive", "text": text})

    def event(self, name: str, /, **params: Any) -> None:
        """Call a handler."""
        self._ref += 1
        self.send(["event", self._ref, self.page.rev, name, params])

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until something is true."""
        while not condition():
            self._arrived.clear()
            await asyncio.wait_for(self._arrived.wait(), 10)

    async def shows(self, text: str) -> None:
        """Wait until the page shows a text."""
        try:
            await self.until(lambda: text in self.html)
        except asyncio.TimeoutError:
            raise AssertionError(f"{text!r} is not in {self.html}") from None

    def events(self) -> list[Any]:
        """Return what was pushed."""
        extras = [frame[-1] for frame in self.frames if isinstance(frame[-1], dict)]
        return [event for extra in extras for event in extra.get("events", ())]

    async def leave(self) -> None:
        """Close the tab."""
        if self._task is not None:
            self.send(["leave"])
            await self.drop()

    async def drop(self) -> None:
        """Lose the connection."""
        if self._task is not None:
            self._inbox.put_nowait({"type": "websocket.disconnect", "code": 1006})
            await self._task
            self._task = None
