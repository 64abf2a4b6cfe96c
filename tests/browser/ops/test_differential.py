"""What the ops make of a page is what the browser itself makes of the new HTML."""

from __future__ import annotations

import json
import os
import re
from itertools import pairwise
from typing import Any

import djust_vdom
import pytest
from playwright.sync_api import Page

from tests.browser.ops.cases import CASES
from tests.browser.ops.conftest import check
from tests.browser.ops.generate import pairs
from tools import html5lib_tests

# 2,000 random pairs in batches of this many: one message to the browser each.
BATCH = 200
BATCHES = int(os.environ.get("DJUST_DIFFERENTIAL_BATCHES", "10"))


def prepare(old: str, new: str, identity: bool = False) -> dict[str, Any] | None:
    """Return one pair with its ops; None when the differ itself asks for a resync."""
    page = djust_vdom.Document(old)
    count, shape = page.node_count, page.structure_hash
    try:
        ops = json.loads(page.update(new))
    except djust_vdom.RootChanged:
        return None
    if ops == [[0]]:
        return None
    return {
        "a": old,
        "b": new,
        "ops": ops,
        "count": count,
        "hash": shape,
        "after": page.structure_hash,
        "identity": identity,
    }


def assert_all_equal(harness: Page, found: list[tuple[str, str]], *, identity: bool = False) -> int:
    """Check pairs in the browser; return how many the differ refused."""
    prepared = [prepare(old, new, identity) for old, new in found]
    usable = [pair for pair in prepared if pair is not None]
    wrong = check(harness, usable)
    for one in wrong:
        one["pair"] = {key: usable[one["index"]][key] for key in ("a", "b", "ops")}
    assert wrong == []
    return len(prepared) - len(usable)


@pytest.mark.parametrize("seed", range(BATCHES))
def test_random_pairs_become_what_the_browser_reads(harness: Page, seed: int) -> None:
    assert assert_all_equal(harness, pairs(seed, BATCH)) == 0


@pytest.mark.parametrize("name", CASES)
def test_written_pairs_become_what_the_browser_reads(harness: Page, name: str) -> None:
    old, new = CASES[name]
    assert_all_equal(harness, [(old, new), (new, old), (old, old)], identity=True)


def html5lib_inputs() -> dict[str, list[str]]:
    """Return the inputs of the html5lib tree-construction tests by file."""
    found = {}
    for file in html5lib_tests.tree_construction():
        text = file.read_bytes().decode()
        found[file.name] = re.findall(r"(?:^|\n)#data\n(.*?)\n#errors\n", text, re.DOTALL)
    return found


def test_html5lib_inputs_become_each_other(harness: Page) -> None:
    """Each input turns into the next one of its file, and back."""
    is_document = re.compile(r"(\s|<!--.*?-->)*<(!doctype|html|head|body)\b", re.S | re.I)
    for inputs in html5lib_inputs().values():
        for kind in (True, False):
            alike = [text for text in inputs if bool(is_document.match(text)) is kind]
            steps = list(pairwise(alike))
            assert_all_equal(harness, steps + [(new, old) for old, new in steps])
