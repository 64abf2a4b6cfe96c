"""The tree in the server is the tree in the browser."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from djust_vdom import _native

from tests.browser.vdom.conftest import Reader
from tests.browser.vdom.soup import Soup
from tools import html5lib_tests

CASES = Path(__file__).parents[3] / "packages/djust-vdom/tests/cases"
BATCH = 500
BATCHES = int(os.environ.get("DJUST_SOUP_BATCHES", "3"))


def nodes(html: str, context: str | None = None) -> Any:
    """Return what djust-vdom makes of a text, without what the browser fills by itself."""
    return without_copies(json.loads(_native.parse(html, context)))


def without_copies(found: list[Any]) -> list[Any]:
    """Return nodes with the inside of ``selectedcontent`` taken away."""
    kept: list[Any] = []
    for node in found:
        if isinstance(node, list) and isinstance(node[0], str):
            name, attributes, children, *namespace = node
            is_copy = name == "selectedcontent" and not namespace
            kept.append([name, attributes, [] if is_copy else without_copies(children), *namespace])
        else:
            kept.append(node)
    return kept


def assert_fragments_agree(reader: Reader, inputs: list[tuple[str, str]]) -> None:
    """Compare texts as the inside of elements."""
    for (html, context), theirs in zip(inputs, reader.fragments(inputs), strict=True):
        assert nodes(html, context) == theirs, (context, html)


def assert_documents_agree(reader: Reader, inputs: list[str]) -> None:
    """Compare texts as pages."""
    for html, theirs in zip(inputs, reader.documents(inputs), strict=True):
        assert nodes(html) == theirs, html


def read_case(file: Path) -> tuple[str, Any]:
    """Return the input of a case and the nodes that are expected of it."""
    html, expected = file.read_bytes().decode().split("\n======\n")
    return html, json.loads(expected)


def test_written_cases_say_what_the_browser_says(reader: Reader) -> None:
    cases = [read_case(file) for file in sorted(CASES.glob("*.html"))]
    assert len(cases) > 50
    documents = [case for case in cases if any(node[0] == "html" for node in case[1])]
    fragments = [case for case in cases if case not in documents]
    found = reader.documents([html for html, _ in documents])
    found += reader.fragments([(html, "body") for html, _ in fragments])
    for (html, expected), theirs in zip(documents + fragments, found, strict=True):
        assert theirs == expected, html


@pytest.mark.parametrize("seed", range(BATCHES))
def test_soup_is_read_as_the_browser_reads_it(reader: Reader, seed: int) -> None:
    soup = Soup(seed)
    assert_fragments_agree(reader, [soup.fragment() for _ in range(BATCH)])
    assert_documents_agree(reader, [soup.document() for _ in range(BATCH)])


# The server goes by the standard here. A browser that says so when it joins gets the whole root.
READ_OTHERWISE = {
    "white space behind the body does not reopen formatting": "<p><b></p></body>\n",
    "nor does that before text behind it": "<p><b></p></body></html>\nx",
    "a return before the end of a tag takes the line feed behind it": "<p \r>\nx",
}


@pytest.mark.parametrize("name", READ_OTHERWISE)
@pytest.mark.xfail(reason="Chromium departs from the standard", raises=AssertionError, strict=True)
def test_what_the_browser_reads_otherwise(reader: Reader, name: str) -> None:
    assert_documents_agree(reader, [f"<!doctype html>{READ_OTHERWISE[name]}"])


DEEP = {
    "elements": "<div>" * 600 + "x" + "</div>" * 50 + "y<p>z",
    "text on the way": "".join(f"<div>{number}" for number in range(600)),
    "formatting": "<b>" + "<div>" * 600 + "</b>x<p>y",
    "table at the limit": "<div>" * 508 + "<table>x<tr><td>a<b>c<td>d</table>e",
    "template": "<div>" * 509 + "<template><p>a<p>b<div><i>x</template>y",
    "templates": "<template>" * 600 + "x",
    "foreign": "<div>" * 505 + "<svg>" + "<g>" * 20 + "<path/>x</svg>y",
    "adoption": "<div>" * 508 + "<b><i><div>x</b>y</i>z<p>q",
    "raw text": "<div>" * 600 + "<script>a</script><textarea>b</textarea>c",
    "remarks": "<div>" * 600 + "<!--x-->y<?z z>",
}


@pytest.fixture
def deep_recursion() -> Iterator[None]:
    """Let the ``json`` module read deep lists."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.usefixtures("deep_recursion")
@pytest.mark.parametrize("name", DEEP)
def test_deep_trees_are_as_deep_as_in_the_browser(reader: Reader, name: str) -> None:
    lines: list[str] = []
    waiting = [(node, 1) for node in reversed(json.loads(_native.parse(DEEP[name], "body")))]
    while waiting:
        node, depth = waiting.pop()
        is_element = isinstance(node, list) and isinstance(node[0], str)
        lines.append(f"{depth} {node if isinstance(node, str) else node[0 if is_element else -1]}")
        if is_element:
            waiting += [(child, depth + 1) for child in reversed(node[2])]
    assert "\n".join(lines) == reader.outlines([DEEP[name]])[0]


def html5lib_inputs() -> list[tuple[str, str | None]]:
    """Return the inputs of the html5lib tree-construction tests with their contexts."""
    found = []
    for file in html5lib_tests.tree_construction():
        for block in re.split(r"(?:^|\n\n)#data\n", file.read_bytes().decode())[1:]:
            context = re.search(r"\n#document-fragment\n(.*?)\n", block)
            found.append((block.partition("\n#errors")[0], context[1] if context else None))
    return found


def test_html5lib_inputs_are_read_as_the_browser_reads_them(reader: Reader) -> None:
    inputs = html5lib_inputs()
    assert len(inputs) > 1_000
    assert_fragments_agree(reader, [(html, context or "body") for html, context in inputs])
    is_page = re.compile(r"\s*<(!doctype|html)", re.IGNORECASE)
    pages = [html if is_page.match(html) else f"<!doctype html>{html}" for html, _ in inputs]
    assert_documents_agree(reader, pages)
