"""What one change costs in tables of 100 to 100,000 rows: slot by slot, and by parsing.

``python -m benchmarks.live.growth`` prints a table of milliseconds (median of the rounds), keeps
the raw times in ``benchmarks/results/growth.jsonl`` and draws ``docs/images/growth.svg``.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings

if not settings.configured:
    settings.configure(SECRET_KEY="only-for-benchmarks")  # pragma: allowlist secret
    django.setup()

from djust_templates import DjustTemplates
from djust_templates.live import LivePage, LiveTemplate
from djust_vdom import Document

from benchmarks.live.rows import ROWS, Article, make_rows

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "growth.jsonl"
PICTURE = ROOT / "docs" / "images" / "growth.svg"
SIZES = (100, 1_000, 10_000, 100_000)
BACKEND = DjustTemplates({"NAME": "growth", "DIRS": [], "APP_DIRS": False, "OPTIONS": {}})


def live_page(values: dict[str, Any]) -> tuple[LiveTemplate, LivePage]:
    """A page as a browser has it."""
    live = LiveTemplate(BACKEND.from_string(ROWS).template)
    printed = live.render(values)
    page = None if printed is None else live.page(printed, 1)
    if page is None:
        raise RuntimeError("the page of this benchmark has to be live")
    return live, page


def cell(count: int) -> Callable[[], object]:
    """One cell of mutable rows, slot by slot."""
    values: dict[str, Any] = {"rows": make_rows(count), "title": 0}
    live, page = live_page(values)

    def change() -> object:
        values["rows"][count // 2]["stock"] += 1
        printed = live.render(dict(values), page=page)
        return printed and page.update(printed)

    return change


def other(count: int) -> Callable[[], object]:
    """Another value beside frozen rows."""
    values = {"rows": tuple(Article(**row) for row in make_rows(count)), "title": 0}
    live, page = live_page(values)

    def change() -> object:
        values["title"] += 1
        printed = live.render(dict(values), page=page)
        return printed and page.update(printed)

    return change


def parsed(count: int) -> Callable[[], object]:
    """One cell, by parsing the page and comparing trees."""
    values: dict[str, Any] = {"rows": make_rows(count), "title": 0}
    template = BACKEND.from_string(ROWS)
    document = Document(template.render(dict(values)))

    def change() -> object:
        values["rows"][count // 2]["stock"] += 1
        return document.update(template.render(dict(values)))

    return change


CASES = {"one cell": cell, "beside frozen rows": other, "one cell, parsed": parsed}


def measure(change: Callable[[], object], rounds: int) -> list[float]:
    """Milliseconds of each round, after two to warm up."""
    times = []
    for _ in range(rounds + 2):
        start = time.process_time()
        change()
        times.append((time.process_time() - start) * 1000)
    return times[2:]


def label(x: float, y: float, text: str, anchor: str, color: str = "#000") -> str:
    """Text in the picture."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}">{text}</text>'


def draw(found: dict[str, dict[int, float]]) -> str:
    """Both axes count powers of ten."""
    width, height, margin = 640, 400, 60
    highest = max(max(times.values()) for times in found.values())
    low, high = -2, math.ceil(math.log10(highest))

    def x(rows: int) -> float:
        share = (math.log10(rows) - 2) / 3
        return margin + share * (width - 2 * margin)

    def y(time_ms: float) -> float:
        share = (math.log10(max(time_ms, 10.0**low)) - low) / (high - low)
        return height - margin - share * (height - 2 * margin)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(f'<path d="M{margin} {at:.1f}H{width - margin}" stroke="#ddd"/>')
        parts.append(label(margin - 6, at + 4, f"{10.0**power:g}", "end"))
    for rows in SIZES:
        parts.append(label(x(rows), height - margin + 20, f"{rows:,}", "middle"))
    parts.append(label(margin, 24, "ms of CPU for a change, by rows of the table", "start"))
    for color, (name, times) in zip(("#1a7f37", "#0969da", "#cf222e"), found.items(), strict=True):
        points = " ".join(f"{x(rows):.1f},{y(time_ms):.1f}" for rows, time_ms in times.items())
        line = f'fill="none" stroke="{color}" stroke-width="2"'
        parts.append(f'<polyline points="{points}" {line}/>')
        first = times[SIZES[1]]
        parts.append(label(x(SIZES[1]) + 6, y(first) - 8, name, "start", color))
    return "\n".join([*parts, "</svg>\n"])


def main() -> None:
    """Measure, print, keep, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    found: dict[str, dict[int, float]] = {}
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as results:
        for name, make in CASES.items():
            found[name] = {}
            for count in SIZES:
                times = measure(make(count), rounds)
                found[name][count] = statistics.median(times)
                results.write(json.dumps({"case": name, "rows": count, "ms": times}) + "\n")
    print(f"{'ms a change':24}" + "".join(f"{count:>12,}" for count in SIZES))
    for name, times in found.items():
        cells = "".join(f"{time_ms:12.3f}" for time_ms in times.values())
        print(f"{name:24}{cells}")
    PICTURE.write_text(draw(found), encoding="utf-8")


if __name__ == "__main__":
    main()
