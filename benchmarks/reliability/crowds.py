"""Cases with many pages that see each other, or with one that is not as it should be."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import redis

from benchmarks.reliability.cases import Report
from benchmarks.reliability.pages import Page
from benchmarks.reliability.servers import RedisServer, Worker, environment

LEASE_S = 5.0
# What a server logs when something broke; that Redis is away is logged, too, and is no problem.
_BROKEN = ("Exception in ASGI application", "Presence failed", "could not be rendered", " raised\n")


class Crowd:
    """Pages of one hall on some workers, with a Redis server for all that they share.

    Args:
        stack: Ends the servers.
        workers: How many.
        **more: Settings of the site.
    """

    def __init__(self, stack: ExitStack, workers: int, **more: Any) -> None:
        self.redis = stack.enter_context(RedisServer())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        values = environment("redis", folder, self.redis.url, layer=1, lease_s=LEASE_S, **more)
        self.workers = [stack.enter_context(Worker(values)) for _ in range(workers)]
        self.pages: list[Page] = []

    async def open(self, count: int, at_once: bool = False) -> float:
        """Load pages, evenly over the workers; return how long attaching took, in seconds."""
        gate = asyncio.Semaphore(16)

        async def load(number: int) -> Page:
            worker = self.workers[number % len(self.workers)]
            source = random.Random(number)
            page = Page(lambda: worker.origin, source, f"/hall/?user=u{number}")
            async with gate:
                await page.fetch()
                if not at_once:
                    page.stay()
                    await page.ready()
            return page

        self.pages += await asyncio.gather(*(load(number) for number in range(count)))
        started = time.monotonic()
        if at_once:
            for page in self.pages:
                page.stay()
            await asyncio.gather(*(page.ready() for page in self.pages))
        return time.monotonic() - started

    def of(self, number: int) -> list[Page]:
        """Return the pages of one worker."""
        return self.pages[number :: len(self.workers)]

    async def close(self) -> None:
        """Leave all pages."""
        await asyncio.gather(*(page.close() for page in self.pages))

    def cpu_s(self) -> float:
        """Return the processor time of all workers so far."""
        return sum(worker.cpu_s() for worker in self.workers)

    def problems(self) -> list[str]:
        """Return what went wrong, for all pages and in the logs."""
        found = [problem for page in self.pages for problem in page.problems]
        for worker in self.workers:
            log = worker.log.read_text()
            found += [log[log.index(sign) :][:2000] for sign in _BROKEN if sign in log]
        return found


async def until(condition: Callable[[], bool], timeout_s: float, what: str) -> float:
    """Wait until something is so, and return how long that took, in seconds.

    Raises:
        RuntimeError: It did not become so.
    """
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > timeout_s:
            raise RuntimeError(f"After {timeout_s:g} s not so: {what}")
        await asyncio.sleep(0.01)
    return time.monotonic() - started


def _published(client: Any) -> int:
    return int(client.info("commandstats").get("cmdstat_publish", {"calls": 0})["calls"])


def show(pages: list[Page], text: str) -> bool:
    """Return whether all pages show a text."""
    return all(text in page.html for page in pages)


async def presence(sessions: int) -> Report:
    """Who is there, across two workers, one of which is then killed."""
    report = Report("presence on two workers, one killed")
    with ExitStack() as stack:
        crowd = Crowd(stack, 2)
        await crowd.open(sessions)
        seen_s = await until(
            lambda: show(crowd.pages, f"<h1>{sessions}</h1>"), 60, "everybody sees everybody"
        )
        joined_cpu_s = crowd.cpu_s()
        crowd.pages[0].tell("cursors:move", [0.25, 0.5, [], False])
        others = crowd.pages[1:]
        cursor_s = await until(
            lambda: all(page.has_heard("cursors:cursors", "u0") for page in others),
            20,
            "everybody has the cursor",
        )
        client = redis.Redis.from_url(crowd.redis.url)
        before = client.info("stats")["total_commands_processed"]
        await asyncio.sleep(LEASE_S)
        commands = client.info("stats")["total_commands_processed"] - before
        client.close()

        survivors = crowd.of(0)
        crowd.workers[1].kill()
        for page in crowd.of(1):
            await page.close()
        gone_s = await until(
            lambda: show(survivors, f"<h1>{len(survivors)}</h1>"), 60, "the killed are gone"
        )
        if gone_s > LEASE_S:
            report.problems.append(f"members were shown {gone_s:.1f} s after their worker's end")
        lost = [f"u{number}" for number in range(sessions) if number % 2]
        await until(
            lambda: all(f"-{name}<" in page.html for page in survivors for name in lost),
            20,
            "hooks ran for all that are gone",
        )
        for page in survivors:
            left = [name for name in lost if page.html.count(f"-{name}<") != 1]
            if left:
                counts = [page.html.count(f"-{name}<") for name in left[:5]]
                report.problems.append(f"hooks did not run once for {left[:5]}: {counts}")
        await crowd.close()
        report.problems += crowd.problems()
        report.figures = {
            "sessions": sessions,
            "all see all s": round(seen_s, 2),
            "processor s until then": round(joined_cpu_s, 2),
            "cursor to all s": round(cursor_s, 2),
            "Redis commands in a lease": commands,
            "lease s": LEASE_S,
            "killed gone after s": round(gone_s, 2),
        }
    return report


async def broadcast(sessions: int, rounds: int = 7) -> Report:
    """A message to the pages of two workers."""
    report = Report("broadcast on two workers")
    with ExitStack() as stack:
        crowd = Crowd(stack, 2, presence=0)
        await crowd.open(sessions)
        client = redis.Redis.from_url(crowd.redis.url)
        before = _published(client)
        shares: list[float] = []
        started_cpu_s = crowd.cpu_s()
        for number in range(1, rounds + 1):
            waiting = [asyncio.create_task(page.patched()) for page in crowd.pages]
            await asyncio.sleep(0)
            started = time.monotonic()
            sent = crowd.pages[0].call("announce", number=number)
            times = await asyncio.wait_for(asyncio.gather(*waiting), 60)
            await sent
            await until(
                lambda text=f"<h2>{number}</h2>": show(crowd.pages, text), 60, "all are patched"
            )
            shares.append(sorted(at - started for at in times)[int(0.95 * sessions)])
        cpu_s = crowd.cpu_s() - started_cpu_s
        published = _published(client) - before
        client.close()
        await crowd.close()
        report.problems += crowd.problems()
        report.figures = {
            "sessions": sessions,
            "p95 s, median": round(statistics.median(shares), 3),
            "p95 s, min and max": f"{min(shares):.3f} {max(shares):.3f}",
            "processor ms for each page": round(cpu_s / rounds / sessions * 1000, 3),
            "PUBLISH for each broadcast": round(published / rounds, 1),
            "load of the machine": round(os.getloadavg()[0], 1),
        }
    return report


async def herd(sessions: int) -> Report:
    """Many pages attach in the same moment, to one worker."""
    report = Report("herd")
    with ExitStack() as stack:
        crowd = Crowd(stack, 1, presence=0)
        live_s = await crowd.open(sessions, at_once=True)
        await asyncio.gather(*(page.call("ping") for page in crowd.pages))
        refused = sum(len(page.closes) for page in crowd.pages)
        if refused:
            report.problems.append(f"{refused} connections were refused or lost")
        await crowd.close()
        report.problems += crowd.problems()
        report.figures = {
            "sessions": sessions,
            "all live after s": round(live_s, 2),
            "load of the machine": round(os.getloadavg()[0], 1),
        }
    return report


async def slow_reader(broadcasts: int) -> Report:
    """A page stops to read while messages come to it, and reads on afterwards."""
    report = Report("slow reader")
    with ExitStack() as stack:
        crowd = Crowd(stack, 1, presence=0)
        await crowd.open(2)
        slow, busy = crowd.pages
        worker = crowd.workers[0]
        for number in range(50):
            await busy.call("announce", number=-number)
        before_kb = worker.memory_kb()
        slow.pause()
        for number in range(1, broadcasts + 1):
            await busy.call("announce", number=number, padding=1_000)
        held_kb = worker.memory_kb() - before_kb
        slow.go_on()
        last = f"<h2>{broadcasts}</h2>"
        caught_s = await until(lambda: show(crowd.pages, last), 60, "the last message is shown")
        if held_kb > 20_000:
            report.problems.append(f"the worker holds {held_kb} KB for a page that does not read")
        await crowd.close()
        report.problems += crowd.problems()
        report.figures = {
            "broadcasts": broadcasts,
            "memory grown KB": held_kb,
            "caught up after s": round(caught_s, 2),
        }
    return report


async def outage(sessions: int, seconds: float) -> Report:
    """Redis, with all that it holds, is away for a while; presence and broadcasts come back."""
    report = Report("Redis stopped, presence and broadcast")
    with ExitStack() as stack:
        crowd = Crowd(stack, 2)
        await crowd.open(sessions)
        everybody = f"<h1>{sessions}</h1>"
        await until(lambda: show(crowd.pages, everybody), 60, "everybody sees everybody")
        crowd.redis.stop()
        deadline = time.monotonic() + seconds
        slowest_s = 0.0
        answered = 0
        while time.monotonic() < deadline:
            started = time.monotonic()
            await asyncio.wait_for(crowd.pages[answered % sessions].call("ping"), 30)
            slowest_s = max(slowest_s, time.monotonic() - started)
            answered += 1
            await asyncio.sleep(0.05)
        if not show(crowd.pages, everybody):
            report.problems.append("somebody was said to have left")
        crowd.redis.start()
        back = time.monotonic()
        number = 0

        async def heard() -> bool:
            nonlocal number
            number += 1
            await crowd.pages[0].call("announce", number=number)
            await asyncio.sleep(0.2)
            return show(crowd.pages, f"<h2>{number}</h2>")

        while not await heard():
            if time.monotonic() - back > 60:
                report.problems.append("broadcasts did not come back")
                break
        broadcast_s = time.monotonic() - back
        source = random.Random(0)
        guest = Page(lambda: crowd.workers[1].origin, source, "/hall/?user=guest")
        await guest.load()
        await until(
            lambda: show([*crowd.pages, guest], f"<h1>{sessions + 1}</h1>"), 60, "presence is whole"
        )
        whole_s = time.monotonic() - back
        for page in crowd.pages:
            if "<li>-" in page.html:
                report.problems.append("somebody was said to have left")
        await guest.close()
        await crowd.close()
        report.problems += crowd.problems()
        report.figures = {
            "sessions": sessions,
            "events answered meanwhile": answered,
            "slowest answer s": round(slowest_s, 2),
            "broadcast back after s": round(broadcast_s, 2),
            "presence whole after s": round(whole_s, 2),
        }
    return report
