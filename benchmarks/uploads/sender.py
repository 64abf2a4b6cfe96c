"""``python -m benchmarks.uploads.sender URL BYTES``: sends one file as a browser does."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import urllib.request

from djust_testing import wire
from djust_uploads import frames
from websockets.asyncio.client import connect


async def send(url: str, size: int) -> float:
    """Send ``size`` bytes and return how many seconds it took."""
    with urllib.request.urlopen(url + "files/") as page:
        path, first = wire.attach(page.read().decode())
    address = url.replace("http", "ws", 1).rstrip("/") + path
    piece = bytes(range(256)) * 4096
    async with connect(address, origin=url.rstrip("/"), max_size=None) as socket:
        for frame in first:
            await socket.send(frame)
        while not wire.is_ready(str(await socket.recv())):
            pass
        started = time.perf_counter()
        await socket.send(json.dumps(["uploads:add", ["files", [[1, "a.dat", size]]]]))
        channel = offset = held = chunk = window = 0
        while True:
            kind, *rest = json.loads(await socket.recv())
            if kind == "uploads:accept":
                _, channel, offset, chunk, window = rest[0][:5]
                held = offset
            elif kind == "uploads:ack":
                held = rest[0][1]
            elif kind == "uploads:done":
                return time.perf_counter() - started
            elif kind == "uploads:gone":
                raise RuntimeError(rest)
            while channel and offset < size and offset - held + chunk <= window:
                data = piece[: min(chunk, size - offset)]
                await socket.send(b"\7uploads" + frames.write(channel, offset, data))
                offset += len(data)


if __name__ == "__main__":
    print(asyncio.run(send(sys.argv[1], int(sys.argv[2]))))
