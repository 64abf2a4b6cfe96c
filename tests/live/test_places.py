"""Elements inside elements, as a browser keeps them, closes them or moves them.

All pairs of many elements, in many places: whatever a live page is made of has to be what the
parser makes of the same text. Those that it does not keep in their place are parsed instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.safestring import SafeString
from djust_templates.live import live_template
from djust_vdom import Document

from tests.live.pages import BACKEND

NAMES = [
    *("a", "b", "nobr", "span", "x-y", "p", "div", "h1", "ul", "li", "dl", "dt", "form", "button"),
    *("select", "option", "optgroup", "table", "tbody", "tr", "td", "caption", "colgroup"),
    *("ruby", "rt", "rtc", "pre", "object", "template", "textarea", "script", "svg", "math"),
]
VOID = ["hr", "input", "col"]
PLACES = [
    *("div", "p", "ul li", "dl dd", "form", "button", "a", "b", "span", "object", "h1", "details"),
    *("select", "select option", "select optgroup", "select option p", "select div", "option"),
    *("table", "table tbody", "table tbody tr", "table tbody tr td", "table caption"),
    *(
        "ruby",
        "ruby rt",
        "ruby rtc",
        "ruby p",
        "a div",
        "form div",
        "nobr span",
        "a table tbody tr td",
    ),
]
NO_TEXT = {"table", "tbody", "tr", "select", "optgroup"}


def markup() -> Iterator[str]:
    yield from (f"<{name}>" for name in VOID)
    for outer in NAMES:
        yield f"<{outer}>t</{outer}>"
        yield from (f"<{outer}><{inner}></{outer}>" for inner in NAMES + VOID)
        yield from (f"<{outer}><{inner}>t</{inner}></{outer}>" for inner in NAMES)


def shape(page: Any) -> tuple[int, int]:
    return page.node_count, page.structure_hash


def page_around(place: str) -> tuple[str, str]:
    """Return what stands before the place and behind it; what goes on from there would be seen."""
    names = place.split()
    start = "<main>" + "".join(f"<{name}>" for name in names)
    inner = "" if names[-1] in NO_TEXT else "x<u>y</u>"
    end = inner + "".join(f"</{name}>" for name in reversed(names))
    return start, end + "<p>z</p><form>q</form>{{ a }}</main>"


@pytest.mark.parametrize("place", PLACES)
def test_a_value_stays_where_it_is_printed_or_is_parsed(place: str) -> None:
    start, end = page_around(place)
    template = live_template(BACKEND.from_string(start + "{{ html }}" + end))
    assert template is not None
    kept, wrong = 0, []
    for html in markup():
        printed = template.render({"html": SafeString(html), "a": 1})
        assert printed is not None
        page = template.page(printed, 3)
        if page is not None:
            kept += 1
            if shape(page) != shape(Document(printed.text)):
                wrong.append(html)
    assert not wrong
    assert kept > 10


@pytest.mark.parametrize("value", ["t", "{{ a }}"])
@pytest.mark.parametrize(
    "place",
    ["div", "p", "form div", "select option", "table", "table tbody tr td", "ruby rt"],
)
def test_a_template_is_planned_as_a_browser_reads_it_or_is_parsed(place: str, value: str) -> None:
    start, end = page_around(place)
    kept, wrong = 0, []
    for html in markup():
        inner = html.replace(">t<", f">{value}<")
        template = live_template(BACKEND.from_string(start + inner + end))
        printed = None if template is None else template.render({"a": 1})
        page = None if template is None else template.page(printed, 3)
        if page is not None and printed is not None:
            kept += 1
            if shape(page) != shape(Document(printed.text)):
                wrong.append(html)
    assert not wrong
    assert kept > 10
