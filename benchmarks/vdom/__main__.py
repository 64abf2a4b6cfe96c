"""``python -m benchmarks.vdom``: prints two tables, keeps raw results as JSON lines.

Bytes need no repetition. Times are CPU times of one process; ratios are taken against parsing the
same page, round by round, and the peers that are installed are timed beside.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

from djust_vdom import Document, Replica, diff

from benchmarks.vdom.payloads import Change, changes, row, table

RESULTS = Path(__file__).resolve().parents[1] / "results" / "vdom.jsonl"
ROWS = (1_000, 10_000)
Work = Callable[[], object]


def check(change: Change) -> bytes:
    """Return the ops of a change; refuse to weigh ops that are wrong."""
    ops = diff(change.old, change.new)
    page = Replica(change.old)
    page.apply(ops)
    if page.html != Document(change.new).html:
        raise SystemExit(f"{change.name}: the ops lead to another page")
    return ops


def weigh() -> tuple[list[dict[str, object]], int]:
    """Print the bytes of each change; return the records and how many bars are not held."""
    print(f"{'change':40} {'bytes':>7} {'bar':>7}")
    records: list[dict[str, object]] = []
    above = 0
    for change in changes():
        size = len(check(change))
        above += size > change.bar_bytes
        held = "held" if size <= change.bar_bytes else "ABOVE"
        print(f"{change.name:40} {size:>7,} {change.bar_bytes:>7,} {held}", flush=True)
        records.append({"case": change.name, "bytes": size, "bar_bytes": change.bar_bytes})
    return records, above


def peers(page: str) -> dict[str, Work]:
    """Return parsers of other projects, those that are installed."""
    found: dict[str, Work] = {"html.parser (tokens only)": lambda: HTMLParser().feed(page)}
    for name in ("lxml.html", "html5lib"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            print(f"({name} is not installed)")
            continue
        parse = module.document_fromstring if name == "lxml.html" else module.parse
        found[name] = lambda parse=parse: parse(page)  # type: ignore[misc]
    return found


def works(count: int) -> dict[str, Work]:
    """Return what is timed on a page of ``count`` rows; the first is the floor."""
    rows = [row(number) for number in range(count)]
    page = table(rows, "\n    ")
    changed = table([*rows[: count // 2], row(0, "x"), *rows[count // 2 + 1 :]], "\n    ")
    reversed_page = table(rows[::-1], "\n    ")
    document, moved = Document(page), Document(page)

    def one_text() -> None:
        document.update(changed)
        document.update(page)

    def reverse() -> None:
        moved.update(reversed_page)
        moved.update(page)

    return {
        "parse": lambda: Document(page),
        "update, nothing changed": lambda: document.update(page),
        "two updates, one row each": one_text,
        "two updates, all rows reversed": reverse,
        "first page from nothing": lambda: diff("", page),
        **peers(page),
    }


def timed(work: Work) -> float:
    """Return the CPU seconds of one run."""
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun


def clock(rounds: int) -> list[dict[str, object]]:
    """Print the times; return the records."""
    records: list[dict[str, object]] = []
    for count in ROWS:
        print(
            f"\n{f'{count:,} rows of six cells':40} {'min ms':>9} {'median':>9} {'max':>9}  / parse"
        )
        timings = {
            name: [timed(work) for _ in range(rounds)] for name, work in works(count).items()
        }
        floor = timings["parse"]
        for name, seconds in timings.items():
            ratio = statistics.median(a / b for a, b in zip(seconds, floor, strict=True))
            low, middle, high = (
                f"{1e3 * pick(seconds):9.2f}" for pick in (min, statistics.median, max)
            )
            print(f"{name:40} {low} {middle} {high} {ratio:8.2f}", flush=True)
            records.append({"case": name, "rows": count, "seconds": seconds})
    return records


def memory() -> list[dict[str, object]]:
    """Print what a page holds; return the records."""
    print(f"\n{'page':40} {'text':>10} {'held':>10}")
    records: list[dict[str, object]] = []
    for count in ROWS:
        page = table([row(number) for number in range(count)], "\n    ")
        held = sys.getsizeof(Document(page))
        print(f"{f'{count:,} rows, bytes':40} {len(page):>10,} {held:>10,}")
        records.append(
            {"case": "memory", "rows": count, "html_bytes": len(page), "held_bytes": held}
        )
    return records


def main() -> int:
    """Measure and print; return 1 when a bar is not held."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vdom", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    records, above = weigh()
    records += clock(options.rounds) + memory()
    about = {"benchmark": "vdom", "python": platform.python_version()}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as results:
        results.writelines(json.dumps({**about, **record}) + "\n" for record in records)
    return 1 if above else 0


if __name__ == "__main__":
    raise SystemExit(main())
