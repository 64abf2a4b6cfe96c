"""One live page as a browser without a DOM sees it: HTML over HTTP, then ops over a real socket."""

from __future__ import annotations

import json
import urllib.request
from contextlib import ExitStack
from typing import Any

import djust_vdom
from djust_testing import wire
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

ANSWER_TIMEOUT_S = 15


class Page:
    """A page that was loaded and attached.

    Args:
        origin: Scheme, host and port of the server.
        path: The path of the page.
    """

    def __init__(self, origin: str, path: str) -> None:
        with urllib.request.urlopen(origin + path, timeout=ANSWER_TIMEOUT_S) as answer:
            self.first_html = answer.read().decode()
        self.ops: list[Any] = []
        self.html = self.first_html
        self._ref = 0
        socket_path, frames = wire.attach(self.first_html)
        self._closing = ExitStack()
        self._socket: ClientConnection = self._closing.enter_context(
            connect(origin.replace("http", "ws", 1) + socket_path, origin=Origin(origin))
        )
        for frame in frames:
            self._socket.send(frame)
        while not wire.is_ready(self._socket.recv(ANSWER_TIMEOUT_S)):
            pass

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def send(self, name: str, /, **params: Any) -> None:
        """Send an event, wait for its reply, and apply what it changed."""
        self._ref += 1
        self._socket.send(wire.event(name, params, self._ref))
        while self._take() != self._ref:
            pass

    def shows(self, text: str) -> None:
        """Apply what the server sends by itself until the page has this text."""
        while text not in self.html:
            self._take()

    def _take(self) -> int | None:
        """Apply the next frame; return the number of the event that it answers."""
        frame = self._socket.recv(ANSWER_TIMEOUT_S)
        answer = wire.reply(frame)
        if answer is not None:
            self._apply(answer[1])
            return answer[0]
        if json.loads(frame)[0] == "push":
            self._apply(wire.ops(frame) or b"[]")
        return None

    def _apply(self, ops: Any) -> None:
        text = ops if isinstance(ops, (str, bytes)) else json.dumps(ops)
        self.ops += json.loads(text)
        # The numbers go on from the first page, so all ops so far are applied to that.
        self.html = djust_vdom.apply(self.first_html, json.dumps(self.ops).encode())
