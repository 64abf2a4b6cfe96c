"""Frames that no client of ours sends: each gets a code, and the worker goes on as before."""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from djust_testing import wire
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from benchmarks.reliability.cases import Report
from benchmarks.reliability.servers import Worker, environment

CONNECTIONS = 50
ANSWER_S = 20
# What a worker may grow by on the way, for allocators that keep what was freed.
MAX_GROWTH_KB = 40_000
NAMES = ["__class__", "_note", "mount", "dispatch", "os.system", "__init__", "", "marks.__call__"]
MALFORMED = ["", "x", "[1", "{}", '"event"', "[]", "[null]", '["event"]', '["event","1",0,"x",{}]']


class Attacker:
    """One connection, and what it gets for its frames.

    Args:
        worker: The victim.
        source: Chooses.
    """

    def __init__(self, worker: Worker, source: random.Random) -> None:
        self._worker = worker
        self._random = source
        self._ref = 0
        self.codes: Counter[str] = Counter()
        self.problems: list[str] = []
        self._kinds: list[tuple[str, int, Callable[[], str | bytes]]] = [
            ("malformed", 8, lambda: source.choice(MALFORMED)),
            ("cut", 8, self._cut),
            ("oversized", 1, lambda: json.dumps(["event", 1, 0, "x" * 1_200_000, {}])),
            ("deep", 2, lambda: "[" * 20_000 + "]" * 20_000),
            ("unknown kind", 4, lambda: json.dumps([source.choice(["evil:x", "html", "x"]), 1])),
            ("private name", 8, lambda: self._event(source.choice(NAMES), {})),
            ("polluting", 4, lambda: self._event("mark", {"__proto__": {"x": 1}})),
            ("wrong type", 4, lambda: self._event("mark", {"number": {"$gt": ""}})),
            ("out of order", 4, lambda: wire.event("mark", {"number": 1}, self._ref + 7)),
            ("second join", 4, lambda: wire.join(self._token, 1, 1)),
            ("binary", 4, lambda: source.randbytes(source.randrange(64))),
        ]

    async def run(self, frames: int) -> None:
        """Attach as a browser does, send so many frames, and see that the page still works."""
        html = await asyncio.to_thread(_get, self._worker.origin + "/")
        path, joining = wire.attach(html)
        self._token = wire.token_of(html)
        origin: Any = self._worker.origin
        url = origin.replace("http", "ws", 1) + path
        async with connect(url, origin=origin, ping_interval=None, compression=None) as socket:
            for frame in joining:
                await socket.send(frame)
            while not wire.is_ready(str(await socket.recv())):
                pass
            weights = [weight for _, weight, _ in self._kinds]
            for _ in range(frames):
                name, _, make = self._random.choices(self._kinds, weights)[0]
                await self._expect_code(socket, name, make())
            await self._verify(socket)

    async def knock(self, times: int) -> None:
        """Try to come in with tokens that are not genuine, and from a foreign page."""
        html = await asyncio.to_thread(_get, self._worker.origin + "/")
        path, _ = wire.attach(html)
        token = wire.token_of(html)
        origin: Any = self._worker.origin
        url = origin.replace("http", "ws", 1) + path
        for _ in range(times):
            place = self._random.randrange(len(token))
            forged = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
            async with connect(url, origin=origin, ping_interval=None) as socket:
                await self._expect_code(socket, "forged token", wire.join(forged, 1, 1))
            foreign: Any = "https://evil.example"
            try:
                async with connect(url, origin=foreign, ping_interval=None):
                    self.problems.append("a foreign page was let in")
            except InvalidStatus as error:
                self.codes[f"foreign Origin: HTTP {error.response.status_code}"] += 1

    def _event(self, name: str, params: dict[str, Any]) -> str:
        self._ref += 1
        return wire.event(name, params, self._ref)

    def _cut(self) -> str:
        whole = wire.event("mark", {"number": 1}, self._ref + 1)
        return whole[: self._random.randrange(1, len(whole) - 1)]

    async def _expect_code(self, socket: ClientConnection, name: str, frame: str | bytes) -> None:
        await socket.send(frame)
        try:
            code = await asyncio.wait_for(self._code(socket), ANSWER_S)
        except asyncio.TimeoutError:
            self.problems.append(f"{name}: no answer to {frame[:60]!r}")
        except ConnectionClosed as error:
            self.problems.append(f"{name}: closed with {error}")
            raise
        else:
            self.codes[f"{name}: {code}"] += 1

    async def _code(self, socket: ClientConnection) -> str:
        while True:
            text = str(await socket.recv())
            if "Traceback" in text or 'File \\"' in text:
                self.problems.append(f"a traceback: {text[:200]}")
            frame = json.loads(text)
            if frame[0] in ("error", "reload"):
                return str(frame[1])
            if frame[0] == "reply":
                error = frame[-1].get("error") if isinstance(frame[-1], dict) else None
                if error is None:
                    self.problems.append(f"was accepted: {text[:200]}")
                    return "accepted"
                return str(error["code"] if isinstance(error, dict) else error)

    async def _verify(self, socket: ClientConnection) -> None:
        """See that an honest event still works, and that no other one has."""
        await socket.send(self._event("mark", {"number": 7}))
        await socket.send(self._event("marks", {}))
        while True:
            frame = json.loads(await asyncio.wait_for(socket.recv(), ANSWER_S))
            if frame[0] == "reply" and frame[1] == self._ref:
                marks = frame[-1]["reply"]["marks"]
                if marks != [7]:
                    self.problems.append(f"an attack has worked: {marks}")
                return


async def hostile(frames: int, seed: int = 5) -> Report:
    """Many hostile frames over many connections to one worker."""
    report = Report("hostile frames")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        worker = stack.enter_context(Worker(environment("memory", folder)))
        source = random.Random(seed)

        def attackers() -> list[Attacker]:
            return [Attacker(worker, random.Random(source.random())) for _ in range(CONNECTIONS)]

        warm = attackers()
        await asyncio.gather(*(each.run(5) for each in warm))
        before_kb = worker.memory_kb()
        started = time.monotonic()
        made = attackers()
        await asyncio.gather(
            *(each.run(frames // CONNECTIONS) for each in made[1:]), made[0].knock(50)
        )
        took_s = time.monotonic() - started
        grown_kb = worker.memory_kb() - before_kb
        codes: Counter[str] = Counter()
        for each in [*warm, *made]:
            report.problems += each.problems
            codes += each.codes
        if grown_kb > MAX_GROWTH_KB:
            report.problems.append(f"the worker has grown by {grown_kb} KB")
        log = worker.log.read_text()
        if "Traceback" in log:
            report.problems.append(log[log.index("Traceback") :][:2000])
        report.figures = {
            "frames": codes.total(),
            "took s": round(took_s, 1),
            "memory grown KB": grown_kb,
            **dict(sorted(codes.items())),
        }
    return report


def _get(url: str) -> str:
    with urlopen(url, timeout=60) as answer:
        return str(answer.read().decode())
