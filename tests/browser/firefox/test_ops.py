"""A smoke run of the ops in Firefox: the same pairs and the same live state as in Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import djust_vdom
import pytest

from tests.browser.firefox.bidi import Firefox, Server, executable
from tests.browser.ops.cases import CASES
from tests.browser.ops.conftest import HERE, SOURCE
from tests.browser.ops.generate import pairs
from tests.browser.ops.test_differential import prepare

PAIRS = 400


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """A Firefox that shows the harness."""
    folders = {"src": SOURCE, "harness": HERE / "harness"}
    profile = tmp_path_factory.mktemp("firefox")
    with Server(folders) as server, Firefox(executable(), profile) as browser:
        browser.open(f"{server.origin}/harness/index.html")
        browser.evaluate(
            """async () => {
            while (!globalThis.harness) await new Promise((resolve) => setTimeout(resolve, 10));
            }"""
        )
        yield browser


def wrong(firefox: Firefox, found: list[tuple[str, str]]) -> list[Any]:
    """Return the pairs that became something else than Firefox reads.

    A page that Firefox reads in another way than the differ is noticed when it joins, and resynced.
    """
    prepared = [pair for old, new in found if (pair := prepare(old, new)) is not None]
    results = firefox.evaluate("(pairs) => harness.check(pairs)", prepared)
    return [(one, prepared[one["index"]]["b"]) for one in results if one["kind"] != "shape"]


def test_written_pairs_become_what_firefox_reads(firefox: Firefox) -> None:
    assert wrong(firefox, list(CASES.values())) == []


def test_random_pairs_become_what_firefox_reads(firefox: Firefox) -> None:
    assert wrong(firefox, pairs(77, PAIRS)) == []


def test_live_state_survives(firefox: Firefox) -> None:
    lost = []
    for name, old, new in firefox.evaluate("() => harness.cases()"):
        ops = json.loads(djust_vdom.diff(old, new))
        if not firefox.evaluate("([name, ops]) => harness.runCase(name, ops)", [name, ops]):
            lost.append(name)
    assert lost == []
