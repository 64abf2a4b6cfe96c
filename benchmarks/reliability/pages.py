"""A page as a browser has it: numbered events, a patched tree, and the will to come back."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import msgspec
from djust_testing import wire
from djust_vdom import Replica, VdomError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

# The policy of the browser client.
FIRST_RETRY_S = 0.25
SHORT_RETRY_S, SHORT_RETRIES = 1.5, 20
LONG_RETRY_S = 20.0
NUMBERS = itertools.count(1)


class Page:
    """One page: what the client's modules do, without a DOM.

    Args:
        origin: Returns where to connect to now; asked before each connection.
        random_source: For jitter.
        url: Path and query of the page.

    Attributes:
        acknowledged: Numbers of ``mark`` events that were answered, in order.
        sent: Numbers of all ``mark`` events.
        attached_at: When the page was attached last, in monotonic seconds.
        closes: Close codes of connections that the server ended.
        problems: What must not happen.
        heard: Messages of extensions.
    """

    def __init__(
        self, origin: Callable[[], str], random_source: random.Random, url: str = "/"
    ) -> None:
        self._origin = origin
        self._url = url
        self._random = random_source
        self._replica = Replica("")
        self._path = self._token = ""
        self._socket: ClientConnection | None = None
        self._is_ready = False
        self._is_stale = False
        self._delay_s = 0.0
        self._failures = 0
        self._ref = self._answered = self.rev = 0
        self._calls: dict[int, tuple[str, dict[str, Any], asyncio.Future[dict[str, Any]]]] = {}
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self.acknowledged: list[int] = []
        self.sent: list[int] = []
        self.attached_at = 0.0
        self.attachments = 0
        self.roots = 0
        self.closes: list[int] = []
        self.problems: list[str] = []
        self.heard: list[list[Any]] = []
        self._patched: list[asyncio.Future[float]] = []

    @property
    def html(self) -> str:
        """The root as the browser has it."""
        return self._replica.root_html

    async def load(self) -> None:
        """Get the page, and stay attached from now on."""
        await self.fetch()
        self.stay()
        await self.ready()

    async def fetch(self) -> None:
        """Get the page."""
        html = await asyncio.to_thread(_get, self._origin() + self._url)
        self._replica = Replica(html)
        self._path, _ = wire.attach(html)
        self._token = wire.token_of(html)

    def stay(self) -> None:
        """Attach, and do so again whenever the connection is lost."""
        self._task = asyncio.create_task(self._stay())

    async def ready(self, timeout_s: float = 60) -> None:
        """Wait until the page is attached."""
        try:
            await asyncio.wait_for(self._ready.wait(), timeout_s)
        except asyncio.TimeoutError as error:
            raise RuntimeError(f"The page did not attach: {self.problems} {self.closes}") from error

    async def close(self) -> None:
        """Leave."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()

    def call(self, name: str, **params: Any) -> asyncio.Future[dict[str, Any]]:
        """Send an event; the future has the last item of its reply."""
        self._ref += 1
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._calls[self._ref] = (name, params, future)
        if self._is_ready:
            self._transmit(self._ref)
        return future

    def mark(self, name: str = "mark", **params: Any) -> asyncio.Future[dict[str, Any]]:
        """Have a number written down that nobody else uses."""
        number = next(NUMBERS)
        self.sent.append(number)
        future = self.call(name, number=number, **params)
        future.add_done_callback(lambda done: self._acknowledge(number, done))
        return future

    def tell(self, kind: str, data: Any) -> None:
        """Send a message to an extension."""
        self._send([kind, data])

    def has_heard(self, kind: str, word: str) -> bool:
        """Return whether an extension has sent a message with a word in it."""
        return any(frame[0] == kind and word in str(frame[1]) for frame in self.heard)

    async def patched(self) -> float:
        """Wait until the page has changed, and return when that was, in monotonic seconds."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._patched.append(future)
        return await future

    def pause(self) -> None:
        """Read no more, as a browser on a network that has stalled."""
        if self._socket is not None:
            self._socket.transport.pause_reading()

    def go_on(self) -> None:
        """Read again."""
        if self._socket is not None:
            self._socket.transport.resume_reading()

    def drop(self) -> None:
        """Break the connection from this side, without a goodbye."""
        if self._socket is not None:
            self._socket.transport.abort()

    def repeat(self, count: int) -> None:
        """Send the last events once more, as a confused proxy might."""
        for ref in range(max(1, self._ref - count + 1), self._ref + 1):
            if ref in self._calls and self._is_ready:
                self._transmit(ref)

    async def verify(self) -> None:
        """Compare what the server holds with what was sent, and the page with a fresh render."""
        await self.ready()
        reply = (await asyncio.wait_for(self.call("marks"), 60))["reply"]["marks"]
        if reply != self.sent:
            lost = [number for number in self.acknowledged if number not in reply]
            twice = [number for number in set(reply) if reply.count(number) > 1]
            self.problems.append(
                f"state differs: lost {lost[:5]}, twice {twice[:5]}, "
                f"{len(reply)} of {len(self.sent)}"
            )
        if self.acknowledged != self.sent:
            self.problems.append("answers are missing or out of order")
        mine, roots = self.html, self.roots
        self._send(["resync", self.rev])
        while self.roots == roots:
            await asyncio.sleep(0.005)
        if self.html != mine:
            self.problems.append(f"the page differs:\n{mine}\n{self.html}")

    # Inside

    def _acknowledge(self, number: int, done: asyncio.Future[dict[str, Any]]) -> None:
        if not done.cancelled() and "error" not in done.result():
            self.acknowledged.append(number)

    def _transmit(self, ref: int) -> None:
        name, params, _ = self._calls[ref]
        self._send(["event", ref, self.rev, name, params])

    def _send(self, frame: list[Any]) -> None:
        if self._socket is not None:
            self._outgoing.put_nowait(msgspec.json.encode(frame).decode())

    async def _stay(self) -> None:
        while True:
            try:
                await self._connect()
            except (OSError, InvalidHandshake, WebSocketException, asyncio.TimeoutError):
                pass
            self._is_ready = False
            self._ready.clear()
            self._socket = None
            limit_s = SHORT_RETRY_S if self._failures < SHORT_RETRIES else LONG_RETRY_S
            longest = min(limit_s, FIRST_RETRY_S * 2**self._failures)
            pause_s = self._delay_s or longest * (0.5 + self._random.random() / 2)
            self._failures += 1
            self._delay_s = 0.0
            await asyncio.sleep(pause_s)

    async def _connect(self) -> None:
        origin = self._origin()
        url = origin.replace("http", "ws", 1) + self._path
        async with connect(
            url,
            origin=origin,  # type: ignore[arg-type]
            max_size=None,
            compression=None,
            open_timeout=8,
            ping_interval=None,
        ) as socket:
            self._socket = socket
            self._outgoing: asyncio.Queue[str] = asyncio.Queue()
            writer = asyncio.create_task(self._write(socket))
            try:
                tree = self._replica
                count, shape = tree.node_count, tree.structure_hash
                self._outgoing.put_nowait(
                    wire.join(self._token, count, shape, self.rev, self._answered)
                )
                async for text in socket:
                    self._receive(msgspec.json.decode(text))
            finally:
                writer.cancel()
                if socket.close_code is not None:
                    self.closes.append(socket.close_code)

    async def _write(self, socket: ClientConnection) -> None:
        while True:
            await socket.send(await self._outgoing.get())

    def _receive(self, frame: list[Any]) -> None:
        kind = frame[0]
        if kind == "ready":
            self._on_ready(frame[2])
        elif kind == "reply":
            self._on_reply(*frame[1:])
        elif kind == "push":
            self._patch(frame[1], frame[2])
        elif kind == "html":
            self._replica, self.rev = Replica(frame[2]), frame[1]
            self._is_stale = False
            self.roots += 1
        elif kind == "drain":
            self._delay_s = frame[1] / 1000
        elif ":" in kind:
            self.heard.append(frame)
        elif kind in ("error", "reload"):
            self.problems.append(f"refused: {frame}")

    def _on_ready(self, ref: int) -> None:
        self._failures = 0
        self._is_ready = True
        self.attached_at = time.monotonic()
        self.attachments += 1
        self._ready.set()
        for pending in sorted(self._calls):
            if pending > ref:
                self._transmit(pending)

    def _on_reply(
        self, ref: int, rev: int, ops: list[Any], extra: dict[str, Any] | None = None
    ) -> None:
        self._patch(rev, ops)
        self._answered = max(self._answered, ref)
        for earlier in sorted(self._calls):
            if earlier < ref:
                self.problems.append(f"event {earlier} was passed over by {ref}")
        call = self._calls.pop(ref, None)
        if call is not None:
            call[2].set_result(extra or {})

    def _patch(self, rev: int, ops: list[Any]) -> None:
        if self._is_stale or rev <= self.rev:
            return
        if rev == self.rev + 1:
            try:
                self._replica.apply(msgspec.json.encode(ops))
            except VdomError as error:
                self.problems.append(f"ops were refused: {error}")
            else:
                self.rev = rev
                self._tell_patched()
                return
        else:
            self.problems.append(f"a gap: {rev} after {self.rev}")
        self._is_stale = True
        self._send(["resync", self.rev])

    def _tell_patched(self) -> None:
        patched, self._patched = self._patched, []
        for future in patched:
            if not future.done():
                future.set_result(time.monotonic())


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return str(answer.read().decode())
