"""HTML as Chromium reads it, from cases that were recorded there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from djust_vdom import Document, Replica, _native, apply, diff

CASES = sorted((Path(__file__).parent / "cases").glob("*.html"))


def read(file: Path) -> tuple[str, Any]:
    """Return the input of a case and the nodes that are expected of it."""
    html, expected = file.read_bytes().decode().split("\n======\n")
    return html, json.loads(expected)


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case_is_read_as_in_the_browser(file: Path) -> None:
    html, expected = read(file)
    assert json.loads(_native.parse(html)) == expected


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case_can_appear_and_vanish(file: Path) -> None:
    html, _ = read(file)
    page = Document(html)
    if page.root_html.startswith(("<body", "<frameset")):
        other = "<!doctype html><p>other"
    else:
        other = "<p>other"
    for old, new in ((html, other), (other, html)):
        ops = diff(old, new)
        if ops != b"[[0]]":
            replica = Replica(old)
            replica.apply(ops)
            assert replica.root_html == Document(new).root_html


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case_needs_no_ops_to_stay(file: Path) -> None:
    html, _ = read(file)
    assert diff(html, html) == b"[]"


def test_trees_are_as_deep_as_chromium_lets_them_become() -> None:
    html = Document("<div>" * 2_000).html
    assert html.startswith("<div>" * 512 + "</div>")


def test_deep_pages_overflow_nothing() -> None:
    deep, deeper = "<b>" * 4_000, "<i>" * 4_000 + "x"
    assert apply(deep, diff(deep, deeper)) == Document(deeper).html
