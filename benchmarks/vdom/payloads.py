"""The changes of which the bytes on the wire are measured, with their bars."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

# How white space stands between the rows: not at all, or as a template leaves it.
GAPS = {"tight": "", "spaced": "\n    "}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a page.

    Attributes:
        name: What happens.
        old: The page before.
        new: The page after.
        bar_bytes: What the ops may weigh.
    """

    name: str
    old: str
    new: str
    bar_bytes: int


def row(number: int, text: str = "", css: str = "row") -> str:
    """Return a table row with a key and six cells."""
    cells = [number, f"name {number}", text or f"value {number}", "a", "b", "c"]
    inside = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr dj-key="r{number}" class="{css}">{inside}</tr>'


def table(rows: list[str], gap: str) -> str:
    """Return a table of rows."""
    return f"<table><tbody>{gap}{gap.join(rows)}{gap}</tbody></table>"


def changes() -> Iterator[Change]:
    """Yield every change, with and without white space between the rows."""
    rows = [row(number) for number in range(10_000)]
    shuffled = rows[:100]
    random.Random(1).shuffle(shuffled)
    thousand = rows[:1_000]
    swapped = [*thousand[:10], thousand[900], *thousand[11:900], thousand[10], *thousand[901:]]
    pairs = [
        ("1 text of 10,000", rows, [*rows[:5_000], row(5_000, "changed"), *rows[5_001:]], 40),
        ("swap 2 of 1,000", thousand, swapped, 35),
        ("move last to first of 1,000", thousand, [thousand[-1], *thousand[:-1]], 20),
        ("shuffle 100 keyed", rows[:100], shuffled, 480),
        ("remove 1 of 1,000", thousand, [*thousand[:500], *thousand[501:]], 15),
        (
            "toggle class",
            thousand,
            [*thousand[:500], row(500, css="row done"), *thousand[501:]],
            35,
        ),
        ("reverse 500 keyed", rows[:500], rows[:500][::-1], 2_500),
    ]
    for name, old, new, bar in pairs:
        for kind, gap in GAPS.items():
            yield Change(f"{name}, {kind}", table(old, gap), table(new, gap), bar)
