"""``python -m benchmarks.reliability.members [COUNT]``: many members in one key, with a real Redis.

Two workers in one process share a store: one holds all members, the other one looks on.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis

from benchmarks.reliability.servers import RedisServer

os.environ.setdefault("RELIABILITY_BACKEND", "memory")

from djust_presence.backends.redis import RedisBackend
from djust_presence.rooms import Room

import benchmarks.reliability.site  # noqa: F401 - sets Django up

RESULTS = Path(__file__).resolve().parents[1] / "results" / "members.jsonl"
KEY, ROUNDS = "0::0::hall", 7


def timed(call: Callable[[], Any], rounds: int = ROUNDS) -> str:
    """Return the median of some rounds, in milliseconds, with the shortest and the longest."""
    times: list[float] = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    return f"{statistics.median(times):.2f} ms ({min(times):.2f} … {max(times):.2f})"


def costs(room: Room) -> dict[str, float]:
    """Return what lists and a change cost, as parts of sorting everybody in the same run."""
    everybody = room.members()
    someone = everybody[len(everybody) // 2]
    revision = room.rev or 0

    def change() -> None:
        nonlocal revision
        for kind in ("leave", "join"):
            revision += 1
            room.apply(revision, kind, someone)  # type: ignore[arg-type]

    calls: dict[str, Callable[[], Any]] = {
        "sort": lambda: sorted(everybody, key=lambda each: (each["joined_at"], each["id"])),
        "everybody": room.members,
        "50 of them": lambda: room.members(50),
        "leave and join": change,
    }
    times = {
        name: statistics.median(_seconds(call) for _ in range(ROUNDS))
        for name, call in calls.items()
    }
    return {name: float(f"{times[name] / times['sort']:.2g}") for name in calls if name != "sort"}


def _seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def measure(count: int) -> dict[str, Any]:
    """Return the figures for so many members."""
    with RedisServer() as server:
        backend = RedisBackend(server.url, "members")
        client = redis.Redis.from_url(server.url)
        figures: dict[str, Any] = {"members": count}

        def commands(call: Callable[[], Any]) -> int:
            before = int(client.info("stats")["total_commands_processed"])
            call()
            # The question itself is one, too.
            return int(client.info("stats")["total_commands_processed"]) - before - 1

        backend.heartbeat("worker", 60)
        started = time.perf_counter()
        for number in range(count):
            backend.join(KEY, f"user {number}", "page", "worker", {"name": f"User {number}"}, 1.0)
        figures["a join"] = f"{(time.perf_counter() - started) / count * 1000:.3f} ms"
        before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        room = Room(KEY)
        figures["read everybody"] = timed(lambda: room.replace(backend.snapshot(KEY)))
        figures["memory of a worker KB"] = (
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
        )
        figures["list of everybody"] = timed(room.members)
        for name, share in costs(room).items():
            figures[f"{name}, of a sort"] = share
        figures["count"] = timed(room.count)
        figures["a beat"] = timed(lambda: backend.heartbeat("worker", 60))
        figures["commands of a beat"] = commands(lambda: backend.heartbeat("worker", 60))
        figures["commands to compare"] = commands(lambda: backend.revisions([KEY]))
        figures["memory of Redis KB"] = int(client.info("memory")["used_memory"]) // 1024
        client.delete("members:presence:l:worker")
        started = time.perf_counter()
        gone = backend.cleanup_stale()
        figures["all of a dead worker gone"] = f"{(time.perf_counter() - started) * 1000:.0f} ms"
        if len(gone) != count or backend.count(KEY):
            raise RuntimeError(f"{len(gone)} of {count} members were removed")
        client.close()
    return figures


def main() -> None:
    """Print the figures for growing numbers of members."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[100, 1_000, 10_000])
    for count in parser.parse_args().counts:
        figures = measure(count)
        for name, value in figures.items():
            print(f"    {name:<28} {value}")
        RESULTS.parent.mkdir(exist_ok=True)
        with RESULTS.open("a") as stream:
            stream.write(json.dumps({**figures, "load": os.getloadavg()[0]}) + "\n")


if __name__ == "__main__":
    main()
