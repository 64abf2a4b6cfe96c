"""The cases: each returns figures, and the problems that its pages had."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.reliability.pages import Page
from benchmarks.reliability.servers import RedisServer, Worker, environment


@dataclass
class Report:
    """What a case found.

    Attributes:
        name: Of the case.
        figures: By name.
        problems: What must not happen, in words.
    """

    name: str
    figures: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class Stage:
    """Pages that send events all the time while a case happens to their servers.

    Args:
        sessions: How many pages.
        seed: For jitter and for what the pages do.
        pause_s: Between two events of a page, as a mean.
    """

    def __init__(self, sessions: int, seed: int, pause_s: float = 1.0) -> None:
        self.random = random.Random(seed)
        self._sessions = sessions
        self._pause_s = pause_s
        self._is_over = False
        self.pages: list[Page] = []

    async def open(self, origin_of: Callable[[int], Callable[[], str]]) -> None:
        """Load all pages, a few at a time."""
        gate = asyncio.Semaphore(16)

        async def load(number: int) -> Page:
            async with gate:
                page = Page(origin_of(number), random.Random(self.random.random()))
                await page.load()
                return page

        self.pages = await asyncio.gather(*(load(number) for number in range(self._sessions)))

    async def play(self, happen: Callable[[], Awaitable[None]], tail_s: float = 1.0) -> None:
        """Let the pages send events, let it happen, and wait until all were answered."""
        players = [asyncio.create_task(self._send(page)) for page in self.pages]
        await asyncio.sleep(tail_s)
        await happen()
        await asyncio.sleep(tail_s)
        self._is_over = True
        await asyncio.wait_for(asyncio.gather(*players), 120)

    async def verify(self) -> list[str]:
        """Return what went wrong, for all pages."""
        await asyncio.gather(*(page.verify() for page in self.pages))
        return [problem for page in self.pages for problem in page.problems]

    async def close(self) -> None:
        """Leave all pages."""
        await asyncio.gather(*(page.close() for page in self.pages))

    async def _send(self, page: Page) -> None:
        waiting = []
        source = random.Random(self.random.random())
        while not self._is_over:
            waiting.append(page.mark(source.choice(["mark", "mark_async"])))
            await asyncio.sleep(self._pause_s * (0.5 + source.random()))
        await asyncio.wait_for(asyncio.gather(*waiting), 90)


@dataclass
class Place:
    """Where a case happens: servers that end with it."""

    backend: str
    stack: ExitStack
    values: dict[str, str]

    def worker(self) -> Worker:
        """Start a worker that ends with the case."""
        return self.stack.enter_context(Worker(self.values))


def place(backend: str, stack: ExitStack, **more: Any) -> Place:
    """Return a place with what the backend needs."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    redis_url = ""
    if backend in ("redis", "cache"):
        redis_url = stack.enter_context(RedisServer()).url
    return Place(backend, stack, environment(backend, folder, redis_url, **more))


async def killed(backend: str, sessions: int, seed: int = 1, kills: int = 1) -> Report:
    """SIGKILL and restart, under events."""
    report = Report(f"SIGKILL and restart, {backend}")
    with ExitStack() as stack:
        worker = place(backend, stack).worker()
        stage = Stage(sessions, seed)
        await stage.open(lambda _: lambda: worker.origin)
        resumed: list[float] = []
        cpu_s: list[float] = []

        async def happen() -> None:
            for _ in range(kills):
                before = [page.attachments for page in stage.pages]
                await asyncio.to_thread(worker.kill)
                listening = await asyncio.to_thread(worker.start)
                used_s = worker.cpu_s()
                deadline = listening + 60
                while time.monotonic() < deadline and any(
                    page.attachments == count
                    for page, count in zip(stage.pages, before, strict=True)
                ):
                    await asyncio.sleep(0.02)
                cpu_s.append(worker.cpu_s() - used_s)
                resumed.extend(page.attached_at - listening for page in stage.pages)

        await stage.play(happen)
        report.problems = await stage.verify()
        await stage.close()
        report.figures = {
            **_events(stage),
            "resumed within 2 s": _share(resumed, 2.0),
            "median s": round(statistics.median(resumed), 2),
            "slowest s": round(max(resumed), 2),
            "server CPU s until then": round(statistics.median(cpu_s), 2),
            "load of the machine": round(os.getloadavg()[0], 1),
            "whole roots sent": sum(page.roots - 1 for page in stage.pages),
        }
    return report


async def moved(backend: str, sessions: int, seed: int = 2, moves: int = 3) -> Report:
    """Every reconnect lands on the other one of two workers, which both live on."""
    report = Report(f"reconnects land on another worker, {backend}")
    with ExitStack() as stack:
        here = place(backend, stack)
        workers = [here.worker(), here.worker()]
        homes = [number % 2 for number in range(sessions)]
        # Some 400 events a second in all: with more, two processors fall behind.
        stage = Stage(sessions, seed, max(0.05, sessions / 400))
        await stage.open(lambda number: lambda: workers[homes[number]].origin)

        async def happen() -> None:
            for _ in range(moves):
                before = [page.attachments for page in stage.pages]
                for number, page in enumerate(stage.pages):
                    homes[number] = 1 - homes[number]
                    page.drop()
                while any(
                    page.attachments == count
                    for page, count in zip(stage.pages, before, strict=True)
                ):
                    await asyncio.sleep(0.02)

        await stage.play(happen)
        report.problems = await stage.verify()
        await stage.close()
        report.figures = {
            **_events(stage),
            "attachments": sum(page.attachments for page in stage.pages),
            "whole roots sent": sum(page.roots - 1 for page in stage.pages),
        }
    return report


async def stopped(backend: str, sessions: int, seed: int = 3) -> Report:
    """SIGTERM to a worker with many pages while another one serves, as in a rolling deploy."""
    report = Report(f"SIGTERM, {backend}")
    with ExitStack() as stack:
        here = place(backend, stack)
        workers = [here.worker(), here.worker()]
        current = [0]
        stage = Stage(sessions, seed)
        await stage.open(lambda _: lambda: workers[current[0]].origin)
        for page in stage.pages:
            page.closes.clear()
        exits: list[float] = []
        status: list[int] = []

        async def happen() -> None:
            # A load balancer stops to send pages to a process before that is told to stop.
            current[0] = 1
            started = time.monotonic()
            workers[0].terminate()
            status.append(await asyncio.to_thread(workers[0].wait, 60))
            exits.append(time.monotonic() - started)
            while any(page.attachments < 2 for page in stage.pages):
                await asyncio.sleep(0.02)

        await stage.play(happen)
        report.problems = await stage.verify()
        codes = Counter(code for page in stage.pages for code in page.closes)
        abnormal = sum(count for code, count in codes.items() if code != 1012)
        if abnormal:
            report.problems.append(f"abnormal closes: {dict(codes)}")
        log = workers[0].log.read_text()
        if "Traceback" in log:
            report.problems.append(log[log.index("Traceback") :][:2000])
        await stage.close()
        report.figures = {
            **_events(stage),
            "exit s": round(exits[0], 2),
            "exit status": status[0],
            "close codes": dict(codes),
        }
    return report


async def outage(sessions: int, seconds: float, seed: int = 4) -> Report:
    """Redis stops for a while, with all that it holds, under open pages."""
    report = Report("Redis stopped, open pages")
    with ExitStack() as stack:
        redis = stack.enter_context(RedisServer())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        worker = stack.enter_context(Worker(environment("redis", folder, redis.url)))
        stage = Stage(sessions, seed)
        await stage.open(lambda _: lambda: worker.origin)
        during: list[int] = []

        async def happen() -> None:
            redis.stop()
            before = sum(len(page.acknowledged) for page in stage.pages)
            await asyncio.sleep(seconds)
            during.append(sum(len(page.acknowledged) for page in stage.pages) - before)
            redis.start()
            # What waited is written within the longest pause between two tries; then it is safe
            # to lose the process.
            await asyncio.sleep(6)
            before_kill = [page.attachments for page in stage.pages]
            await asyncio.to_thread(worker.kill)
            await asyncio.to_thread(worker.start)
            while any(
                page.attachments == count
                for page, count in zip(stage.pages, before_kill, strict=True)
            ):
                await asyncio.sleep(0.02)

        await stage.play(happen)
        report.problems = await stage.verify()
        if not during[0]:
            report.problems.append("no event was answered while Redis was away")
        await stage.close()
        report.figures = {**_events(stage), "answered meanwhile": during[0]}
    return report


async def chaos(seed: int, sessions: int, seconds: float) -> Report:
    """Random kills, stops, moves, drops and repetitions, with two workers and Redis."""
    report = Report(f"chaos, seed {seed}")
    source = random.Random(seed)
    happened: Counter[str] = Counter()
    with ExitStack() as stack:
        here = place("redis", stack)
        workers = [here.worker(), here.worker()]
        homes = [number % 2 for number in range(sessions)]
        # Some 400 events a second in all: with more, two processors fall behind.
        stage = Stage(sessions, seed, max(0.05, sessions / 400))
        await stage.open(lambda number: lambda: workers[homes[number]].origin)

        async def happen() -> None:
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                number = source.randrange(sessions)
                page, worker = stage.pages[number], source.choice(workers)
                what = source.choices(
                    ["drop", "move", "repeat", "kill", "stop"], [10, 10, 10, 1, 1]
                )[0]
                happened[what] += 1
                if what == "kill":
                    await asyncio.to_thread(worker.kill)
                    await asyncio.to_thread(worker.start)
                elif what == "stop":
                    worker.terminate()
                    await asyncio.to_thread(worker.wait, 60)
                    await asyncio.to_thread(worker.start)
                elif what == "repeat":
                    page.repeat(3)
                else:
                    if what == "move":
                        homes[number] = 1 - homes[number]
                    page.drop()
                await asyncio.sleep(source.random() * 0.1)

        await stage.play(happen)
        report.problems = await stage.verify()
        await stage.close()
        report.figures = {
            **_events(stage),
            "attachments": sum(page.attachments for page in stage.pages),
            "happened": dict(happened),
        }
    return report


def _events(stage: Stage) -> dict[str, Any]:
    return {
        "sessions": len(stage.pages),
        "events": sum(len(page.sent) for page in stage.pages),
        "acknowledged": sum(len(page.acknowledged) for page in stage.pages),
    }


def _share(values: list[float], limit: float) -> str:
    return f"{100 * sum(value <= limit for value in values) / len(values):.1f} %"
