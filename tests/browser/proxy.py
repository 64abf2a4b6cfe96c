"""A TCP proxy that behaves like a bad network: slow, torn, refusing or silent.

It runs an event loop in a thread of its own, so that a test written with Playwright's sync API can
change the weather with plain method calls. It looks at no byte that it forwards, except at the
first ones of a connection, to tell a WebSocket from a page load.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from types import TracebackType
from typing import Any, TypeVar

HOST = "127.0.0.1"
CHUNK_BYTES = 65_536
START_TIMEOUT_S = 10.0

Result = TypeVar("Result")


class Connection:
    """One connection of a browser and its twin to the server."""

    def __init__(self, proxy: Proxy, client: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._client = client
        self._server: asyncio.StreamWriter | None = None
        self._sent = 0
        self._answered = 0
        self.is_socket = False

    async def forward(self, reader: asyncio.StreamReader) -> None:
        """Connect to the server and pass bytes both ways until one side ends."""
        try:
            answers, self._server = await asyncio.open_connection(HOST, self._proxy.target_port)
        except OSError:
            # The server is down: the browser sees what it would see without a proxy.
            self.abort()
            return
        try:
            await _race(
                self._pump(reader, self._server, from_browser=True),
                self._pump(answers, self._client, from_browser=False),
            )
        except ConnectionError:
            self.abort()
        else:
            self._server.close()
            self._client.close()

    def abort(self) -> None:
        """Reset both sides, as a vanished network does: no closing handshake, no last bytes."""
        for writer in (self._client, self._server):
            if writer is not None:
                writer.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, from_browser: bool
    ) -> None:
        """Pass bytes one way: one task stamps them as they come, one sends them when due.

        The end travels as the bytes do and behind them, as in a network: a browser that leaves
        resets its connection when there is something that it has not read, and what it sent before
        arrives all the same.
        """
        clock = asyncio.get_running_loop().time
        waiting: asyncio.Queue[tuple[float, bytes | None]] = asyncio.Queue()

        async def receive() -> None:
            data: bytes | None = b"-"
            while data:
                try:
                    data = await reader.read(CHUNK_BYTES)
                except ConnectionError:
                    data = None
                if data and self._is_lost(data, from_browser):
                    self.abort()
                    return
                waiting.put_nowait((clock() + self._proxy.latency_s, data))
            await asyncio.Event().wait()

        async def send() -> None:
            while True:
                due, data = await waiting.get()
                await asyncio.sleep(max(0.0, due - clock()))
                await self._proxy.flowing.wait()
                if data is None:
                    raise ConnectionResetError
                if not data:
                    return
                try:
                    writer.write(data)
                    await writer.drain()
                except ConnectionError:
                    # Nobody reads on; what they sent before they left is on its way the other way.
                    await asyncio.Event().wait()

        await _race(receive(), send())

    def _is_lost(self, data: bytes, from_browser: bool) -> bool:
        """Count what passes; say whether this piece is the one that the network loses."""
        if not self.is_socket:
            self.is_socket = from_browser and b"\r\nupgrade: websocket\r\n" in data.lower()
            return False
        if from_browser:
            self._sent += 1
            return 0 < self._proxy.cut_after < self._sent
        self._answered += 1
        return 0 < self._proxy.cut_answers_after < self._answered


class Proxy:
    """A port on the loopback interface that leads to another one, over a network of your choice.

    Args:
        target_port: Where the server listens.

    Attributes:
        latency_s: How long each byte travels, each way. Changes take effect with the next bytes.
        cut_after: Cut each WebSocket when the browser has sent this many chunks since it was
            opened, losing the next one; 0 never cuts.
        cut_answers_after: The same for what the server sends, the opening handshake included: it
            has handled an event, and the browser never hears of it.
        port: Where browsers connect; stays the same for the life of the proxy.
        accepted: How many connections were taken so far.

    Example:
        >>> with Proxy(8000) as proxy:
        ...     proxy.latency_s = 0.15
        ...     page.goto(f"http://127.0.0.1:{proxy.port}/")
        ...     proxy.cut()
    """

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.latency_s = 0.0
        self.cut_after = 0
        self.cut_answers_after = 0
        self.port = 0
        self.accepted = 0
        self.flowing: asyncio.Event
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._server: asyncio.Server | None = None
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Proxy:
        """Start listening on a free port."""
        self._thread.start()
        self._call(self._start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Cut everything and stop."""
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_TIMEOUT_S)
        self._loop.close()

    @property
    def url(self) -> str:
        """The address for the browser, with a slash at the end."""
        return f"http://{HOST}:{self.port}/"

    def cut(self, *, sockets_only: bool = True) -> int:
        """Reset open connections, only WebSockets unless told otherwise; return how many."""
        return self._call(self._cut(sockets_only))

    def refuse(self) -> None:
        """Listen no more: new connections are refused, open ones go on."""
        self._call(self._stop_listening())

    def accept(self) -> None:
        """Listen again, on the same port."""
        self._call(self._start())

    def stall(self) -> None:
        """Swallow all bytes while connections stay open, as a host does that has gone silently."""
        self._loop.call_soon_threadsafe(self.flowing.clear)

    def flow(self) -> None:
        """Let bytes pass again; those that waited come first."""
        self._loop.call_soon_threadsafe(self.flowing.set)

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """Cut everything and refuse new connections while the block runs."""
        self.refuse()
        self.cut(sockets_only=False)
        yield
        self.accept()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _call(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(START_TIMEOUT_S)

    async def _start(self) -> None:
        if not self.port:
            self.flowing = asyncio.Event()
            self.flowing.set()
        self._server = await asyncio.start_server(self._serve, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        connection = Connection(self, writer)
        self._connections.add(connection)
        self.accepted += 1
        try:
            await connection.forward(reader)
        except asyncio.CancelledError:
            # Only `_stop` cancels. Until Python 3.12 asyncio logs a cancelled callback as an error.
            return
        finally:
            self._connections.discard(connection)

    async def _cut(self, sockets_only: bool) -> int:
        found = [each for each in self._connections if each.is_socket or not sockets_only]
        for connection in found:
            connection.abort()
        return len(found)

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _stop(self) -> None:
        await self._stop_listening()
        await self._cut(False)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _race(*works: Coroutine[Any, Any, None]) -> None:
    """Run coroutines together until the first one ends or fails; cancel the others."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
