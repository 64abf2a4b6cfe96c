"""From a join frame to the session of its page, also when others are faster."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

import pytest
from django.test import override_settings
from djust_live import joining, logins
from djust_live.adoption import waiting_room
from djust_live.draining import drain
from djust_live.joining import away_ms, sessions
from djust_live.messages import End
from djust_live.saving import writer
from djust_live.session import LiveSession
from djust_live.topics import TopicHub
from live_project.browser import Browser, end, until
from live_project.saved import Order
from live_project.stores import SharedMemory


def another(browser: Browser) -> Browser:
    """A second socket of the same page."""
    made = Browser(dict(browser.cookies))
    made.html, made.token, made.ref = browser.html, browser.token, browser.ref
    return made


async def test_a_view_that_ends_while_its_page_comes_back_is_mounted_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await browser.load("/order/")
    await browser.join()
    await browser.event("increment")
    await browser.drop()
    (first,) = sessions
    loop = asyncio.get_running_loop()
    over = threading.Event()

    def leaves(known: LiveSession) -> bool:
        monkeypatch.undo()
        known.when_finished(over.set)
        loop.call_soon_threadsafe(known.post, End("left"))
        assert over.wait(10)
        return False

    monkeypatch.setattr(joining, "_is_superseded", leaves)
    assert (await browser.join(rev=1, ref=1))[0] == "ready"
    assert (await browser.next())[0] == "html"

    (second,) = sessions
    assert second is not first
    assert (await browser.event("increment"))[4] == {"reply": {"count": 1}}


@pytest.mark.parametrize("is_forgotten", [False, True])
async def test_a_page_comes_back_to_its_view_also_when_its_store_has_forgotten_it(
    browser: Browser, is_forgotten: bool
) -> None:
    SharedMemory.store.clear()
    with override_settings(DJUST={"STATE_BACKEND": "live_project.stores.SharedMemory"}):
        await browser.load("/order/")
        await browser.join()
        await browser.event("increment")
        (first,) = sessions
        await browser.drop()
        if is_forgotten:
            SharedMemory.store.clear()
        assert (await browser.join(rev=1, ref=1))[:3] == ["ready", 1, 1]
        assert (await browser.event("increment"))[4] == {"reply": {"count": 2}}
        assert list(sessions) == [first]
        await end(first)
        await until(lambda: writer.flush(0))


async def test_two_sockets_of_a_page_that_has_to_be_mounted_again_share_one_view(
    browser: Browser,
) -> None:
    await browser.load("/order/")
    waiting_room.clear()
    Order.unmounts.clear()
    mounts = Order.mounts
    second = another(browser)
    answers = await asyncio.gather(browser.join(), second.join())

    assert [answer[0] for answer in answers] == ["ready", "ready"]
    assert len(sessions) == 1
    assert Order.mounts - mounts == 1 + len(Order.unmounts)
    closed = [one for one in (browser, second) if any("code" in sent for sent in one.sent)]
    assert [(await one.message("websocket.close"))["code"] for one in closed] == [4000]
    await second.drop()


async def test_a_process_hears_of_logins_while_it_has_pages(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics = TopicHub()
    monkeypatch.setattr(joining, "hub", topics)
    second = Browser()
    for one in (browser, second):
        await one.load("/counter/")
        await one.join()
        assert topics.topics() == [logins.TOPIC]
    for session in sessions:
        assert topics.topics() == [logins.TOPIC]
        await end(session)
    assert topics.topics() == []
    assert not sessions.ending
    await second.drop()


async def test_a_page_that_nobody_shows_is_drained_without_a_word(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    drain.reset()
    try:
        await browser.load("/counter/")
        await browser.join()
        await browser.drop()
        (session,) = sessions
        await until(lambda: not session.connected)
        with caplog.at_level(logging.WARNING, "djust_live"):
            await drain.begin()
    finally:
        drain.reset()

    assert not session.alive
    assert session.runtime.session is None
    assert caplog.messages == []


@pytest.mark.parametrize("reason", ["left", "auth"])
async def test_only_a_page_that_goes_on_elsewhere_is_sent_away(
    browser: Browser, reason: str
) -> None:
    await browser.load("/counter/")
    await browser.join()
    (session,) = sessions
    session.post(End(reason))
    await session.finished()

    browser.send(["ping", 0])
    assert await browser.next() == ["pong"]
    assert not any(sent["type"] == "websocket.close" for sent in browser.sent)


async def test_a_page_that_is_kept_nowhere_plans_no_save(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    await browser.event("increment")
    (session,) = sessions
    assert "save" not in session.timers
    assert session.epoch == 0


def test_browsers_stay_away_for_a_while_each_of_its_own() -> None:
    with override_settings(DJUST={"DRAIN_SPREAD_S": 2}):
        delays = [away_ms() for _ in range(200)]
    assert all(1 <= delay <= 2000 for delay in delays)
    assert max(delays) > 1000
    assert len(set(delays)) > 50


@pytest.mark.parametrize("rev", [1, 5])
async def test_a_page_that_claims_to_be_ahead_gets_the_root_and_numbers_go_on_from_there(
    browser: Browser, rev: int
) -> None:
    await browser.load("/counter/")
    assert (await browser.join(rev=rev))[:2] == ["ready", rev]
    root = await browser.next()

    assert (root[0], root[1]) == ("html", rev + 1)
    assert (await browser.event("increment"))[2] == rev + 2


async def test_events_that_a_lost_view_had_answered_are_not_handled_by_the_next(
    browser: Browser,
) -> None:
    await browser.load("/counter/")
    waiting_room.clear()
    await browser.join(rev=0, ref=4)
    assert (await browser.next())[0] == "html"
    browser.send(["event", 4, 0, "increment", {}])
    assert await browser.next() == ["reply", 4, 1, []]
    browser.send(["event", 5, 0, "increment", {}])
    assert (await browser.next())[:2] == ["reply", 5]
    view: Any = next(iter(sessions)).view
    assert view.count == 1
