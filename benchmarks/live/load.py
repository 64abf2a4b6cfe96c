"""A server in a process of its own, its CPU time, and pages that talk to it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from djust_testing import wire
from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """One uvicorn worker on a free port of the loopback interface."""

    def __init__(self, engine: str = "django", **environ: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._process = subprocess.Popen(
            [
                sys.executable, "-m", "uvicorn", "benchmarks.live.server:application",
                "--port", str(self.port), "--log-level", "error", "--lifespan", "off",
            ],
            cwd=ROOT,
            env={**os.environ, "BENCH_ENGINE": engine, **environ},
        )  # fmt: skip
        self._wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.wait(30)

    def cpu_s(self) -> float:
        """Return the CPU time of the process, in seconds."""
        return time.clock_gettime((~self.pid << 3) | 2)  # Linux: the clock of another process

    def memory_kb(self) -> int:
        """Return the private memory."""
        text = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return sum(
            int(line.split()[1]) for line in text.splitlines() if line.startswith("Private_")
        )

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as response:
            return str(response.read().decode())

    async def fetch(self, path: str) -> str:
        """Get a page without a thread."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        raw = await reader.read()
        writer.close()
        status, _, body = raw.decode().partition("\r\n\r\n")
        if " 200 " not in status.partition("\r\n")[0]:
            raise RuntimeError(status)
        return body

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while True:
            try:
                self.get("/counter/")
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


class Page:
    """One attached page."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.ref = 0
        self.last = ""

    @classmethod
    async def attach(cls, server: Server, path: str) -> Page:
        html = await server.fetch(path)
        return await cls.attach_html(server, html)

    @classmethod
    async def attach_html(cls, server: Server, html: str) -> Page:
        where, frames = wire.attach(html)
        page = cls(
            await connect(
                f"ws://127.0.0.1:{server.port}{where}",
                compression=None,
                max_size=None,
                open_timeout=60,
            )
        )
        for frame in frames:
            await page.socket.send(frame)
        page.last = str(await page.socket.recv())
        if not wire.is_ready(page.last):
            raise RuntimeError(page.last)
        return page

    @classmethod
    async def floor(cls, server: Server, path: str = "/floor/") -> Page:
        """Open a bare consumer's socket."""
        return cls(await connect(f"ws://127.0.0.1:{server.port}{path}", compression=None))

    async def event(self, name: str, params: dict[str, Any]) -> None:
        """Send an event and wait for the answer; ``#`` in texts is the number of the event."""
        self.ref += 1
        own = {
            key: value.replace("#", str(self.ref)) if isinstance(value, str) else value
            for key, value in params.items()
        }
        await self.socket.send(wire.event(name, own, self.ref, self.ref - 1))
        self.last = str(await self.socket.recv())

    async def events(self, name: str, params: dict[str, Any], count: int) -> None:
        for _ in range(count):
            await self.event(name, params)


async def cost_us(
    server: Server, pages: list[Page], name: str, params: dict[str, Any], total: int
) -> float:
    """Return the server's CPU time for one event, in microseconds."""
    each = max(1, total // len(pages))
    await asyncio.gather(*(page.events(name, params, 5) for page in pages))
    before = server.cpu_s()
    await asyncio.gather(*(page.events(name, params, each) for page in pages))
    return (server.cpu_s() - before) / (each * len(pages)) * 1e6
