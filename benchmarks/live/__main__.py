"""``python -m benchmarks.live``: prints a table, keeps raw results as JSON lines."""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import statistics
import time
from typing import Any

from djust_testing import wire

from benchmarks.live.load import ROOT, Page, Server, cost_us

RESULTS = ROOT / "benchmarks" / "results" / "live.jsonl"

FIELD = {"field_name": "field_3", "value": "x#"}
# name, page, event, parameters, events a round
CASES: list[tuple[str, str, str, dict[str, Any], int]] = [
    ("counter, async", "/counter/", "increment_async", {}, 4000),
    ("counter, sync", "/counter/", "increment", {}, 4000),
    ("cell of 1,000 rows", "/table/1000/", "cell", {}, 60),
    ("cell of 10,000 rows", "/table/10000/", "cell", {}, 10),
    ("other value, 10,000 rows", "/table/10000/", "other", {}, 10),
    ("other value, 10,000 frozen rows", "/frozen/10000/", "other", {}, 40),
    ("move in 1,000 rows", "/table/1000/", "move", {}, 60),
    ("append to 1,000 rows", "/table/1000/", "append", {}, 60),
    ("delete from 1,000 rows", "/table/1000/", "delete", {}, 60),
    # What the second costs above the floor is Django's own validation.
    ("form field of 20", "/form/", "validate_field", FIELD, 400),
    ("FormMixin, field of 20", "/mixed/", "validate_field", FIELD, 400),
    ("validation of 20, not shown", "/validation/", "validate_field", FIELD, 400),
]


async def measure(options: argparse.Namespace) -> None:
    with Server(options.engine) as server:
        chosen = [case for case in CASES if options.only in case[0]]
        found: dict[str, list[float]] = {}
        floors = {
            busy: [await Page.floor(server) for _ in range(busy)] for busy in (1, options.busy)
        }
        pages = {
            (case[0], busy): [await Page.attach(server, case[1]) for _ in range(busy)]
            for case in chosen
            for busy in ((1, options.busy) if "counter" in case[0] else (1,))
        }
        for _ in range(options.rounds):
            for busy, sockets in floors.items():
                cost = await cost_us(server, sockets, "x", {}, 4000)
                found.setdefault(f"floor, {busy} busy", []).append(cost)
            for name, _path, event, params, total in chosen:
                for busy in (1, options.busy):
                    if (name, busy) in pages:
                        cost = await cost_us(server, pages[name, busy], event, params, total)
                        found.setdefault(f"{name}, {busy} busy", []).append(cost)
        report(found, options)
        for (name, busy), some in pages.items():
            if busy == 1:
                print(f"{name:28} reply {len(some[0].last)} bytes: {some[0].last[:90]}")


def report(found: dict[str, list[float]], options: argparse.Namespace) -> None:
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    print(
        f"{'server CPU an event, µs':34}{'min':>10}{'median':>10}{'max':>10}"
        f"{'/ floor':>9}{'- floor':>10}"
    )
    with RESULTS.open("a") as lines:
        for name, costs in found.items():
            floor = statistics.median(found[f"floor, {name.rsplit(', ', 1)[1]}"])
            middle = statistics.median(costs)
            print(
                f"{name:34}{min(costs):10.1f}{middle:10.1f}{max(costs):10.1f}"
                f"{middle / floor:9.2f}{middle - floor:10.1f}"
            )
            lines.write(json.dumps({"name": name, "engine": options.engine, "us": costs}) + "\n")


async def first_page(options: argparse.Namespace) -> None:
    """The first page and the attach, each in CPU time."""
    with Server(options.engine) as server:
        for path in ("/plain/1000/", "/table/1000/", "/counter/"):
            server.get(path)
            costs = []
            for _ in range(options.rounds * 3):
                before = server.cpu_s()
                server.get(path)
                costs.append((server.cpu_s() - before) * 1e3)
            print(f"GET {path:16} median {statistics.median(costs):8.2f} ms")
        for path in ("/counter/", "/table/1000/"):
            costs, size = [], 0
            for _ in range(options.rounds * 3):
                html = server.get(path)
                before = server.cpu_s()
                page = await Page.attach_html(server, html)
                costs.append((server.cpu_s() - before) * 1e3)
                size = len(page.last)
                await page.socket.close()
            print(f"attach {path:13} median {statistics.median(costs):8.2f} ms, {size} bytes back")


async def memory(options: argparse.Namespace) -> None:
    """Private memory for each idle session, above a bare socket and the rows of a table."""
    per_page: dict[str, float] = {}
    for path, count in (("/floor/", 400), ("/counter/", 400), ("/rows/", 40), ("/table/1000/", 40)):
        with Server(options.engine) as server:
            warm = [await open_page(server, path) for _ in range(10)]
            before = server.memory_kb()
            pages = [await open_page(server, path) for _ in range(count)]
            per_page[path] = (server.memory_kb() - before) / count
            await asyncio.gather(*(page.socket.close() for page in (*warm, *pages)))
    for path, kb in per_page.items():
        print(f"{path:16} {kb:8.1f} KB a session, {kb - per_page['/floor/']:8.1f} above the socket")
    print(f"beside its rows  {per_page['/table/1000/'] - per_page['/rows/']:8.1f} KB for the table")


async def open_page(server: Server, path: str) -> Page:
    if path in {"/floor/", "/rows/"}:
        return await Page.floor(server, path)
    return await Page.attach(server, path)


async def isolation(options: argparse.Namespace) -> None:
    """Latency of one session while another sleeps for 2 s in a sync handler."""
    with Server(options.engine) as server:
        quick = await Page.attach(server, "/counter/")
        quiet = await latencies(quick, 400)
        sleeper = await Page.attach(server, "/sleep/")
        asleep = asyncio.ensure_future(sleeper.event("sleep", {}))
        busy = []
        while not asleep.done():
            busy += await latencies(quick, 50)
        for name, some in (("quiet", quiet), ("another sleeps", busy)):
            some.sort()
            middle, last = some[len(some) // 2], some[int(len(some) * 0.99)]
            print(f"{name:16} p50 {middle:7.2f} ms, p99 {last:7.2f} ms")


async def latencies(page: Page, count: int) -> list[float]:
    found = []
    for _ in range(count):
        start = time.perf_counter()
        await page.event("increment", {})
        found.append((time.perf_counter() - start) * 1e3)
    return found


async def mounts(options: argparse.Namespace) -> None:
    """Pages that load and attach, a second and worker, when all come at once."""
    with Server(options.engine) as server:
        total = 600
        gate = asyncio.Semaphore(64)

        async def one() -> None:
            async with gate:
                page = await Page.attach(server, "/counter/")
                await page.socket.close()

        before, cpu = time.perf_counter(), server.cpu_s()
        await asyncio.gather(*(one() for _ in range(total)))
        spent = time.perf_counter() - before
        print(
            f"mounts {total / spent:8.0f} a second; "
            f"{(server.cpu_s() - cpu) / total * 1e3:.2f} ms of server CPU each, "
            f"so {total / (server.cpu_s() - cpu):.0f} a second and core"
        )


async def herd(options: argparse.Namespace) -> None:
    """Pages that all load and attach at the same moment, on one worker."""
    with Server(
        options.engine, BENCH_REDIS=options.redis, BENCH_RUN=secrets.token_hex(4)
    ) as server:
        start = time.perf_counter()
        pages = await asyncio.gather(
            *(Page.attach(server, "/crowd/") for _ in range(options.crowd)), return_exceptions=True
        )
        spent = time.perf_counter() - start
        failed = [page for page in pages if isinstance(page, BaseException)]
        print(
            f"{len(pages)} at once: {len(failed)} errors {failed[:1]}, all live after {spent:.1f} s"
        )
        await asyncio.gather(*(page.socket.close() for page in pages if isinstance(page, Page)))


async def broadcast(options: argparse.Namespace) -> None:
    """One message to all pages of two workers, until each has its patch."""
    environ = {"BENCH_REDIS": options.redis, "BENCH_RUN": secrets.token_hex(4)}
    with Server(options.engine, **environ) as one, Server(options.engine, **environ) as two:
        pages = []
        for server in (one, two):
            for _ in range(options.crowd // 2):
                pages.append(await Page.attach(server, "/crowd/"))
        found = []
        for number in range(1, options.rounds + 1):
            speaker = pages[0]
            start = time.perf_counter()
            arrivals = [asyncio.ensure_future(arrival(page, number)) for page in pages]
            speaker.ref += 1
            params = {"number": number}
            await speaker.socket.send(wire.event("say", params, speaker.ref, 0))
            found += [moment - start for moment in await asyncio.gather(*arrivals)]
        found.sort()
        print(
            f"{len(pages)} pages, 2 workers: p50 {found[len(found) // 2] * 1e3:.0f} ms, "
            f"p95 {found[int(len(found) * 0.95)] * 1e3:.0f} ms, max {found[-1] * 1e3:.0f} ms"
        )
        await asyncio.gather(*(page.socket.close() for page in pages))


async def arrival(page: Page, number: int) -> float:
    """Return when the page showed ``number``."""
    while True:
        frame = str(await page.socket.recv())
        if frame.startswith('["push"') and f'"{number}"' in frame:
            return time.perf_counter()


PROGRAMS = {
    "herd": herd,
    "broadcast": broadcast,
    "events": measure,
    "first": first_page,
    "memory": memory,
    "isolation": isolation,
    "mounts": mounts,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="*", help=", ".join([*PROGRAMS, "all"]))
    parser.add_argument("--engine", default="django", choices=["django", "djust"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--busy", type=int, default=50)
    parser.add_argument("--only", default="")
    parser.add_argument("--crowd", type=int, default=1000)
    parser.add_argument("--redis", default="redis://127.0.0.1:6379/5")
    options = parser.parse_args()
    names = PROGRAMS if "all" in options.programs else options.programs or ["events"]
    for name in names:
        print(f"\n{name}")
        asyncio.run(PROGRAMS[name](options))


if __name__ == "__main__":
    main()
