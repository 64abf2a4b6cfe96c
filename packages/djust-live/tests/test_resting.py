"""A page on which nothing happens gives its tree back, and nobody notices."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.test import override_settings
from djust_live.joining import sessions
from djust_live.protocol import encode_json
from djust_live.rendering import ReferenceRenderer
from djust_vdom import Replica
from live_project.browser import Browser, until


@pytest.fixture(autouse=True)
async def _short_rest() -> AsyncIterator[None]:
    with override_settings(DJUST={"REST_S": 0.01, "LIVE_TEMPLATES": False}):
        yield


def renderer() -> Any:
    (session,) = list(sessions)
    return session._renderer


async def test_the_first_ops_afterwards_start_with_a_renumbering(browser: Browser) -> None:
    await browser.load("/order/")
    await browser.join()
    page = Replica(browser.html)
    for name in ("milk", "bread"):
        reply = await browser.event("add", name=name)
        page.apply(encode_json(reply[3]))
    await until(lambda: renderer()._asleep)
    assert renderer()._document is None
    reply = await browser.event("add", name="eggs")
    assert reply[3][0] == [13]
    page.apply(encode_json(reply[3]))
    assert "eggs 1" in page.html
    reply = await browser.event("increment")
    assert reply[3][0] != [13]
    page.apply(encode_json(reply[3]))
    assert "<p>1</p>" in page.html


async def test_an_event_that_changes_nothing_leaves_the_renumbering_to_the_next(
    browser: Browser,
) -> None:
    await browser.load("/order/")
    await browser.join()
    await browser.event("increment")
    await until(lambda: renderer()._asleep)
    assert (await browser.event("history"))[3] == []
    assert (await browser.event("increment"))[3][0] == [13]


async def test_a_dropped_page_comes_back_to_one_that_rests(browser: Browser) -> None:
    await browser.load("/order/")
    await browser.join()
    await browser.event("increment")
    await until(lambda: renderer()._asleep)
    await browser.drop()
    assert (await browser.join(rev=1, ref=1))[:3] == ["ready", 1, 1]
    assert (await browser.event("increment"))[3][0] == [13]


def test_a_resting_page_is_small() -> None:
    rows = "".join(f"<tr id=r{n}><td>{n}</td><td>row {n}</td></tr>" for n in range(1000))
    made = ReferenceRenderer(None)
    made._text = f"<table><tbody>{rows}</tbody></table>"
    made.prepare()
    tree = sys.getsizeof(made._document)
    made.rest()
    assert made._document is None
    assert len(made._asleep) < tree / 20
    assert made.node_count == 3 + 5 * 1000


def test_a_tree_that_no_text_leads_to_keeps_its_tree() -> None:
    made = ReferenceRenderer(None)
    made._text = "<pre>\n\nx</pre>"
    made.prepare()
    made.rest()
    assert made._asleep == b"" or made._page().html == "<pre>\n\nx</pre>"
