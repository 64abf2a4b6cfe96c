"""A client that speaks the wire to a real server, without a browser."""

from __future__ import annotations

import asyncio
import ssl
from functools import cache
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx
from djust_vdom import Replica
from websockets.asyncio.client import ClientConnection, connect

from djust_testing import wire


@cache
def _certificates() -> ssl.SSLContext:
    """Return what HTTPS is checked with; to read it takes longer than to load a page."""
    return httpx.create_ssl_context()


class EventRefused(Exception):
    """The server answered an event with an error.

    Attributes:
        code: The stable code.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code} {text}".strip())
        self.code = code


class LiveWireClient:
    """One page of a running server: loads it, attaches, sends events, keeps the tree patched.

    Args:
        url: Of the page, such as ``http://127.0.0.1:8000/counter/``.
        cookies: Sent with the page and the socket.
        timeout_s: Longest time that an answer may take.

    Example:
        >>> async with LiveWireClient("http://127.0.0.1:8000/counter/") as page:
        ...     await page.event("increment")
        ...     assert "1" in page.html
    """

    def __init__(
        self, url: str, *, cookies: dict[str, str] | None = None, timeout_s: float = 10.0
    ) -> None:
        self.url = url
        self.ref = 0
        self.rev = 0
        self.first_html = ""
        self.frames: list[str] = []
        self._cookies = dict(cookies or {})
        self._timeout_s = timeout_s
        self._replica: Replica | None = None
        self._socket: ClientConnection | None = None
        self._path = ""
        self._token = ""

    @property
    def html(self) -> str:
        """The root as the browser would have it now."""
        return "" if self._replica is None else self._replica.root_html

    async def __aenter__(self) -> LiveWireClient:
        await self.load()
        await self.attach()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.drop()

    async def load(self) -> str:
        """Get the page and return it."""
        async with httpx.AsyncClient(
            cookies=self._cookies, timeout=self._timeout_s, verify=_certificates()
        ) as client:
            response = await client.get(self.url, follow_redirects=True)
            response.raise_for_status()
            self._cookies.update(dict(client.cookies))
        self.first_html = response.text
        self._replica = Replica(response.text)
        self._path, frames = wire.attach(response.text)
        self._token = wire.token_of(response.text)
        self.ref = self.rev = 0
        return frames[0]

    async def attach(self) -> None:
        """Open the socket and wait until events are handled."""
        replica = self._page()
        parts = urlsplit(self.url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        self._socket = await connect(
            f"{scheme}://{parts.netloc}{self._path}",
            origin=f"{parts.scheme}://{parts.netloc}",  # type: ignore[arg-type]
            additional_headers=headers if self._cookies else None,
            max_size=None,
        )
        count, shape = replica.node_count, replica.structure_hash
        await self._socket.send(wire.join(self._token, count, shape, self.rev, self.ref))
        while not wire.is_ready(await self.receive()):
            pass

    async def drop(self) -> None:
        """Break the connection; :meth:`attach` comes back."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def event(self, name: str, params: dict[str, Any] | None = None) -> Any:
        """Send an event, wait for its reply, and return what the handler returned.

        Raises:
            EventRefused: The reply carries an error.
        """
        self.ref += 1
        mine = self.ref
        await self._open().send(wire.event(name, params or {}, mine, self.rev))
        while True:
            frame = await self.receive()
            answer = wire.reply(frame)
            if answer is not None and answer[0] == mine:
                break
        more = wire.extra_of(frame)
        if "error" in more:
            raise EventRefused(more["error"]["code"], more["error"]["text"])
        return more.get("reply")

    async def receive(self) -> str:
        """Return the next frame; its ops are in :attr:`html` by then."""
        data = await asyncio.wait_for(self._open().recv(), self._timeout_s)
        frame = data if isinstance(data, str) else data.decode()
        self.frames.append(frame)
        ops = wire.ops(frame)
        if ops is not None:
            self._page().apply(ops)
        body = wire.root(frame)
        if body is not None:
            self._replica = Replica(body)
        self.rev = wire.revision(frame) or self.rev
        return frame

    def _page(self) -> Replica:
        if self._replica is None:
            raise RuntimeError("Load the page first.")
        return self._replica

    def _open(self) -> ClientConnection:
        if self._socket is None:
            raise RuntimeError("The page is not attached.")
        return self._socket
