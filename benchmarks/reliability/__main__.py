"""``python -m benchmarks.reliability [CASE…]``: runs cases and prints what they found."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks.reliability import cases, crowds, hostile
from benchmarks.reliability.cases import Report

RESULTS = Path(__file__).resolve().parents[1] / "results" / "reliability.jsonl"

CASES: dict[str, Callable[[int], Awaitable[Report]]] = {
    "kill-redis": lambda sessions: cases.killed("redis", sessions),
    "kill-db": lambda sessions: cases.killed("db", sessions),
    "kill-cache": lambda sessions: cases.killed("cache", sessions),
    "move-redis": lambda sessions: cases.moved("redis", sessions),
    "move-db": lambda sessions: cases.moved("db", sessions),
    "stop-redis": lambda sessions: cases.stopped("redis", sessions),
    "outage": lambda sessions: cases.outage(sessions, 10.0),
    "presence": lambda sessions: crowds.presence(sessions),
    "outage-presence": lambda sessions: crowds.outage(min(sessions, 50), 10.0),
    "herd": lambda sessions: crowds.herd(sessions),
    "broadcast": lambda sessions: crowds.broadcast(sessions),
    "slow-reader": lambda sessions: crowds.slow_reader(50 * sessions),
    "hostile": lambda sessions: hostile.hostile(50 * sessions),
    "chaos": lambda sessions: cases.chaos(random.randrange(10**6), sessions, 30.0),
}


def main() -> int:
    """Run the chosen cases; the exit status counts those with problems."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", choices=[*CASES, []], help="all by default")
    parser.add_argument("--sessions", type=int, default=200)
    options = parser.parse_args()
    failed = 0
    for name in options.cases or CASES:
        report = asyncio.run(CASES[name](options.sessions))
        print(f"{report.name}: {'FAILED' if report.problems else 'ok'}")
        for figure, value in report.figures.items():
            print(f"    {figure:<24} {value}")
        for problem in report.problems[:10]:
            print(f"    ! {problem}")
        failed += bool(report.problems)
        RESULTS.parent.mkdir(exist_ok=True)
        with RESULTS.open("a") as stream:
            stream.write(json.dumps(asdict(report)) + "\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())
