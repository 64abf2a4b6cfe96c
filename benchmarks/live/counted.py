"""The process whose instructions ``benchmarks.live.instructions`` counts: one page, no socket.

``python -m benchmarks.live.counted PATH EVENT PARAMETERS MODULE``: gets the page, attaches to it
and says ``ready``; then each line of its input is a number of events to answer, and each answer
``done``. The parameters are JSON, in which ``#`` stands for the number of the event.
Frames go in and out of the ASGI application itself, so that nothing of a server is counted.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from typing import Any

from asgiref.testing import ApplicationCommunicator
from djust_testing import wire

NATIVE = "djust_templates._native"
HOST = (b"host", b"127.0.0.1")
# Caches are filled and pages have turned to what they are in the long run.
WARM_UP = 5
# A page of 10,000 rows under valgrind, on a machine that has other work.
TIMEOUT_S = 600


class NativeFinder(MetaPathFinder):
    """Finds the native module of djust-templates elsewhere: the installed one has no symbols."""

    def __init__(self, path: str) -> None:
        self._path = path

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        """Return where the module is, if it is the one."""
        if name != NATIVE:
            return None
        loader = ExtensionFileLoader(name, self._path)
        return importlib.util.spec_from_file_location(name, self._path, loader=loader)


async def fetch(application: Any, path: str) -> str:
    """Get a page."""
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "headers": [HOST],
    }  # fmt: skip
    request = ApplicationCommunicator(application, scope)
    await request.send_input({"type": "http.request", "body": b""})
    start = await request.receive_output(TIMEOUT_S)
    if start["status"] != 200:
        raise RuntimeError(f"{path} answers {start['status']}")
    body = b""
    while True:
        part = await request.receive_output(TIMEOUT_S)
        body += part.get("body", b"")
        if not part.get("more_body"):
            return body.decode()


class Page:
    """A page that is attached to its view."""

    def __init__(self, socket: ApplicationCommunicator) -> None:
        self._socket = socket
        self._ref = 0

    @classmethod
    async def attach(cls, application: Any, path: str) -> Page:
        """Get a page and attach to it."""
        where, frames = wire.attach(await fetch(application, path))
        scope = {
            "type": "websocket", "path": where, "raw_path": where.encode(), "query_string": b"",
            "headers": [HOST, (b"origin", b"http://127.0.0.1")], "subprotocols": [],
        }  # fmt: skip
        page = cls(ApplicationCommunicator(application, scope))
        await page._socket.send_input({"type": "websocket.connect"})
        accepted = await page._socket.receive_output(TIMEOUT_S)
        if accepted["type"] != "websocket.accept":
            raise RuntimeError(accepted)
        for frame in frames:
            await page._socket.send_input({"type": "websocket.receive", "text": frame})
        ready = await page._receive()
        if not wire.is_ready(ready):
            raise RuntimeError(ready)
        return page

    async def event(self, name: str, parameters: str) -> str:
        """Send an event and return the frame that answers it."""
        self._ref += 1
        params = json.loads(parameters.replace("#", str(self._ref)))
        frame = wire.event(name, params, self._ref, self._ref - 1)
        await self._socket.send_input({"type": "websocket.receive", "text": frame})
        return await self._receive()

    async def _receive(self) -> str:
        message = await self._socket.receive_output(TIMEOUT_S)
        return str(message["text"])


async def answer(path: str, event: str, parameters: str) -> None:
    """Do as many events as each line of the input says."""
    from benchmarks.live.server import application  # noqa: PLC0415 - needs the finder

    page = await Page.attach(application, path)
    for _ in range(WARM_UP):
        await page.event(event, parameters)
    print("ready", flush=True)
    # Nothing else is to run between the events, so the loop may stand still.
    for line in sys.stdin:
        for _ in range(int(line)):
            frame = await page.event(event, parameters)
            if wire.ops(frame) in (None, b"[]"):
                raise RuntimeError(f"{event} changes nothing: {frame[:200]}")
        print("done", flush=True)


if __name__ == "__main__":
    _, page_path, event_name, event_parameters, native_path = sys.argv
    sys.meta_path.insert(0, NativeFinder(native_path))
    asyncio.run(answer(page_path, event_name, event_parameters))
