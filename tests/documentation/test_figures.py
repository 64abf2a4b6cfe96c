"""The figures of djust in README.md are those that the benchmark gives."""

from __future__ import annotations

import re

import djust_vdom
import pytest

from benchmarks.vdom.payloads import changes
from tools import workspace

README = (workspace.ROOT / "README.md").read_text(encoding="utf-8")
ROWS = {
    "one text of 10,000 rows": "1 text of 10,000, tight",
    "two of 1,000 rows swapped": "swap 2 of 1,000, tight",
    "the last of 1,000 rows moved to the top": "move last to first of 1,000, tight",
    "100 rows shuffled": "shuffle 100 keyed, tight",
    "one of 1,000 rows removed": "remove 1 of 1,000, tight",
}


@pytest.mark.parametrize("row", ROWS)
def test_bytes_of_a_change(row: str) -> None:
    (written,) = re.findall(rf"(?m)^\| {row} \| ([\d,]+) bytes ", README)
    (change,) = [one for one in changes() if one.name == ROWS[row]]
    assert int(written.replace(",", "")) == len(djust_vdom.diff(change.old, change.new))
