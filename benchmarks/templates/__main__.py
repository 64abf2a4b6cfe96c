"""``python -m benchmarks.templates``: prints the table, keeps raw results as JSON lines.

Times are CPU times of one process. In every round each engine renders each case, so what slows
the machine down slows all of them; a ratio is taken within a round, and the median of the rounds
counts.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import time
from pathlib import Path
from typing import Any

import django

from benchmarks.templates.cases import Case, cases

RESULTS = Path(__file__).resolve().parents[1] / "results" / "templates.jsonl"
# Long enough that the clock's step and one collection of garbage do not show.
ROUND_S = 0.04


def timed(case: Case, engine: str, count: int) -> float:
    """Return the CPU seconds of one render, over ``count`` of them."""
    render = case.renders[engine]
    context = case.context(engine)
    make = case.context
    begun = time.process_time()
    if case.fresh:
        for _ in range(count):
            render(make(engine))
    else:
        for _ in range(count):
            render(context)
    return (time.process_time() - begun) / count


def counts(case: Case) -> dict[str, int]:
    """Return how often each engine renders in a round."""
    found = {}
    for engine in case.renders:
        once = max(timed(case, engine, 1), timed(case, engine, 2), 1e-7)
        found[engine] = max(1, round(ROUND_S / once))
    return found


def check(case: Case) -> None:
    """Refuse to measure engines that do not give Django's page."""
    expected = case.renders["django"](case.context("django"))
    for engine in list(case.renders):
        actual = case.renders[engine](case.context(engine))
        if engine == "djust" and str(actual) != str(expected):
            raise SystemExit(f"{case.name}: djust gives another page than Django")
        if normal(actual) != normal(expected):
            raise SystemExit(f"{case.name}: {engine} gives another page than Django")


def normal(page: str) -> str:
    """Return the page without what the peers' block syntax adds in space."""
    return "".join(page.split())


def measure(case: Case, rounds: int) -> dict[str, list[float]]:
    """Return the seconds a render of each engine, one number a round."""
    check(case)
    repeat = counts(case)
    times: dict[str, list[float]] = {engine: [] for engine in case.renders}
    for _ in range(rounds):
        for engine in case.renders:
            gc.collect()
            times[engine].append(timed(case, engine, repeat[engine]))
    return times


def ratios(times: dict[str, list[float]], engine: str) -> list[float]:
    """Return how many times faster than Django an engine was, one number a round."""
    return [base / own for base, own in zip(times["django"], times[engine], strict=True)]


def line(case: Case, times: dict[str, list[float]]) -> str:
    """Return the line of the table."""
    ours = ratios(times, "djust")
    middle = statistics.median(ours)
    peers = " ".join(
        f"{engine} {statistics.median(ratios(times, engine)):.1f}"
        for engine in times
        if engine not in {"django", "djust"}
    )
    held = "held" if middle >= case.bar else "BELOW"
    return (
        f"{case.name:32} {statistics.median(times['django']) * 1e6:>11,.1f} "
        f"{statistics.median(times['djust']) * 1e6:>10,.1f} {min(ours):>7.1f} {middle:>7.1f} "
        f"{max(ours):>7.1f} {case.bar:>4g} {held:5}  {peers}"
    )


def main() -> int:
    """Measure and print; return 1 when a bar is not held."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.templates", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="cases whose name contains this")
    options = parser.parse_args()
    print(
        f"{'case':32} {'Django µs':>11} {'djust µs':>10} {'min':>7} {'median':>7} {'max':>7} "
        f"{'bar':>4}        other engines, times Django's"
    )
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    about: dict[str, Any] = {"python": platform.python_version(), "django": django.__version__}
    below = 0
    with RESULTS.open("a", encoding="utf-8") as results:
        for case in cases():
            if options.only not in case.name:
                continue
            times = measure(case, options.rounds)
            print(line(case, times), flush=True)
            below += statistics.median(ratios(times, "djust")) < case.bar
            record = {"benchmark": "templates", "case": case.name, "bar": case.bar, **about}
            results.write(json.dumps({**record, "seconds": times}) + "\n")
    return 1 if below else 0


if __name__ == "__main__":
    raise SystemExit(main())
