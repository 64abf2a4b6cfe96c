"""The other end of a session, without a network: what the module in the browser does, in Python."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import Any

from django.test import AsyncClient
from djust_live.websocket import LiveConsumer
from djust_testing import wire
from djust_vdom import Document

ROW = re.compile(r"<li>.*?</li>")


class Browser:
    """Applies what is streamed, and says what it has.

    Attributes:
        texts: By name: epoch, text, state, message.
        rows: By name.
        log: The last entry of the log of rows.
        reads: While it is not set, nothing is applied or acknowledged.
        is_stale: The server asked for a new page.
    """

    def __init__(self) -> None:
        self.html = ""
        self.frames: list[list[Any]] = []
        self.texts: dict[str, list[Any]] = {}
        self.rows: dict[str, list[str]] = {}
        self.log: list[int] | None = None
        self.is_stale = False
        self.received_chars = 0
        self.reads = asyncio.Event()
        self.reads.set()
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.ref = 0

    async def load(self, path: str) -> None:
        """Get a page."""
        response = await AsyncClient().get(path)
        self.html = response.content.decode()
        self.rows = {"messages": ROW.findall(self.html)}

    async def join(self, rev: int = 0) -> None:
        """Attach, and say what is here."""
        self._inbox = asyncio.Queue()
        self._inbox.put_nowait({"type": "websocket.connect"})
        headers = [(b"host", b"testserver"), (b"origin", b"http://testserver")]
        scope = {"type": "websocket", "path": "/ws/djust/", "headers": headers, "scheme": "ws"}
        consumer: Any = LiveConsumer()
        self._task = asyncio.ensure_future(consumer(scope, self._inbox.get, self._take))
        page = Document(self.html)
        token = wire.token_of(self.html)
        self.frames.clear()
        self.send(wire.join(token, page.node_count, page.structure_hash, rev, self.ref))
        await self.until(lambda: any(frame[0] == "ready" for frame in self.frames))
        counts = {name: len(rows) for name, rows in self.rows.items()}
        self.send(["streaming:have", {**self.have(), "counts": counts}])

    def have(self) -> dict[str, Any]:
        """Say what is here."""
        texts = {name: [each[0], _units(each[1])] for name, each in self.texts.items()}
        return {"texts": texts, "log": self.log}

    def send(self, frame: Any) -> None:
        """Send a frame."""
        text = frame if isinstance(frame, str) else json.dumps(frame)
        self._inbox.put_nowait({"type": "websocket.receive", "text": text})

    async def event(self, name: str, **params: Any) -> list[Any]:
        """Send an event and return its reply."""
        self.ref += 1
        mine = self.ref
        self.send(["event", mine, 0, name, params])
        found: list[list[Any]] = []

        def look() -> bool:
            found.extend(f for f in self.frames if f[0] == "reply" and f[1] == mine)
            return bool(found)

        await self.until(look)
        return found[0]

    async def drop(self) -> None:
        """Break the connection."""
        if self._task is not None:
            self._inbox.put_nowait({"type": "websocket.disconnect", "code": 1006})
            self.reads.set()
            await self._task
            self._task = None

    async def until(self, condition: Callable[[], Any], timeout_s: float = 60.0) -> None:
        """Let the loop run until ``condition`` holds."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, "The condition never came true."
            await asyncio.sleep(0.002)

    def text(self, name: str = "story") -> str:
        """Return a text as it is shown."""
        return str(self.texts[name][1]) if name in self.texts else ""

    async def _take(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        if message["type"] != "websocket.send":
            return
        frame = json.loads(message["text"])
        self.frames.append(frame)
        if frame[0] == "streaming:text":
            self._show_text(*frame[1])
        elif frame[0] == "streaming:rows":
            self._show_rows(*frame[1])
        elif frame[0] == "streaming:stale":
            self.is_stale = True
        else:
            return
        self.send(["streaming:ack", self.have()])

    def _show_text(self, name: str, epoch: int, at: int, part: str, *state: str) -> None:
        self.received_chars += len(part)
        shown = self.texts.get(name)
        before = shown[1] if shown is not None and shown[0] == epoch else ""
        data = before.encode("utf-16-le")
        assert at * 2 <= len(data), "A gap."
        self.texts[name] = [epoch, data[: at * 2].decode("utf-16-le") + part, *state]

    def _show_rows(self, log: int, number: int, name: str, html: str, changes: Any) -> None:
        self.log = [log, number]
        if changes is None:
            self.rows[name] = [html]
            return
        fresh = iter(ROW.findall(html))
        rows = self.rows.setdefault(name, [])
        for code, place in changes:
            if code == 0:
                rows.insert(place, next(fresh))
            elif code == 1:
                rows[place] = next(fresh)
            elif code == 2:
                del rows[place]
            else:
                rows.clear()
        assert next(fresh, None) is None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
