from __future__ import annotations

import asyncio

import pytest
from django.test import override_settings
from djust_live.joining import sessions
from live_project.browser import Browser, until
from live_project.views import Counter, Gate


async def test_an_event_changes_the_page_and_gets_one_reply(browser: Browser) -> None:
    await browser.load("/counter/")
    assert (await browser.join())[:3] == ["ready", 0, 0]
    assert await browser.event("increment") == ["reply", 1, 1, [[1, 2, "1"]]]
    assert browser.frames == []


async def test_an_async_handler_runs_on_the_loop(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    assert await browser.event("increment_async", step=4) == ["reply", 1, 1, [[1, 2, "4"]]]


async def test_the_socket_adopts_the_view_that_the_get_mounted(browser: Browser) -> None:
    Counter.mounts = 0
    await browser.load("/counter/")
    await browser.join()
    await browser.event("increment")
    assert Counter.mounts == 1


async def test_many_events_at_once_are_handled_in_order(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    for ref in range(1, 21):
        browser.send(["event", ref, 0, "increment", {}])
    last = await browser.next(lambda frame: frame[0] == "reply" and frame[1] == 20)
    assert last == ["reply", 20, 20, [[1, 2, "20"]]]
    assert [frame[1] for frame in browser.frames] == list(range(1, 20))


async def test_a_handler_that_raises_is_undone_and_the_connection_lives(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    reply = await browser.event("fail")
    assert reply == ["reply", 1, 0, [], {"error": {"code": "DJL203", "text": ""}}]
    assert await browser.event("increment") == ["reply", 2, 1, [[1, 2, "1"]]]


async def test_a_returned_dict_is_the_reply(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    assert (await browser.event("answer", value="x"))[4] == {"reply": {"got": "x"}}


async def test_events_and_messages_for_the_browser_leave_with_the_reply(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    extra = (await browser.event("announce"))[4]
    assert extra == {"events": [["ping", {"n": 0}]], "flash": [["info", "hello"]]}


async def test_a_dropped_socket_comes_back_to_the_same_view(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    await browser.event("increment")
    await browser.drop()
    assert (await browser.join(rev=1, ref=1))[:3] == ["ready", 1, 1]
    assert await browser.event("increment") == ["reply", 2, 2, [[1, 2, "2"]]]


async def test_frames_that_were_missed_are_sent_again(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    await browser.event("increment")
    await browser.event("increment")
    await browser.drop()
    assert (await browser.join(rev=1, ref=1))[:3] == ["ready", 1, 2]
    assert await browser.next() == ["reply", 2, 2, [[1, 2, "2"]]]


async def test_an_event_that_comes_twice_is_handled_once(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    first = await browser.event("increment")
    await browser.drop()
    await browser.join(rev=1, ref=1)
    browser.ref = 0
    assert await browser.event("increment") == first
    assert (await browser.event("increment"))[3] == [[1, 2, "2"]]


async def test_a_page_that_is_too_far_behind_gets_the_whole_root(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    await browser.event("increment")
    session = next(iter(sessions))
    session.out.history.clear()
    await browser.drop()
    await browser.join(rev=0, ref=0)
    frame = await browser.next()
    assert frame[0] == "html"
    assert "<p>1</p>" in frame[2]


async def test_a_resync_sends_the_root_and_numbers_start_again(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    await browser.event("increment")
    browser.send(["resync", 1])
    frame = await browser.next(lambda frame: frame[0] == "html")
    assert frame[2].startswith("<p>1</p>")
    assert await browser.event("increment") == ["reply", 2, frame[1] + 1, [[1, 2, "2"]]]


async def test_a_root_brings_the_title_that_is_outside_of_it(browser: Browser) -> None:
    await browser.load("/titled/")
    await browser.join()
    await browser.event("increment")
    browser.send(["resync", 0])
    frame = await browser.next(lambda frame: frame[0] == "html")
    assert frame[3] == {"title": "1"}


async def test_a_root_leaves_the_title_that_the_view_has_set(browser: Browser) -> None:
    await browser.load("/titled/")
    await browser.join()
    assert (await browser.event("entitle", title="Mine"))[4] == {"title": "Mine"}
    browser.send(["resync", 0])
    frame = await browser.next(lambda frame: frame[0] == "html")
    assert frame[3] == {}


async def test_a_page_that_parsed_differently_gets_the_whole_root(browser: Browser) -> None:
    await browser.load("/counter/")
    browser.open()
    browser.send(["join", 1, browser.token, 99, 1, 0, 0])
    assert (await browser.next())[0] == "ready"
    assert (await browser.next())[0] == "html"


async def test_a_view_that_is_no_longer_there_is_mounted_again(browser: Browser) -> None:
    from djust_live.adoption import waiting_room

    await browser.load("/counter/")
    waiting_room.clear()
    Counter.mounts = 0
    await browser.join(rev=3, ref=2)
    frame = await browser.next(lambda frame: frame[0] == "html")
    assert Counter.mounts == 1
    assert frame[1] > 3
    browser.ref = 2
    assert (await browser.event("increment"))[3] == [[1, 2, "1"]]


async def test_one_blocked_session_delays_no_other(browser: Browser) -> None:
    blocked, other = browser, Browser()
    Gate.opened.clear()
    await blocked.load("/gate/")
    await blocked.join()
    blocked.send(["event", 1, 0, "block", {}])
    await other.load("/counter/")
    await other.join()
    for _ in range(5):
        await other.event("increment")
    assert not any(frame[0] == "reply" for frame in blocked.frames)
    Gate.opened.set()
    assert (await blocked.next())[3] == [[1, 2, "done"]]
    await other.drop()


async def test_leaving_ends_the_view_at_once(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    browser.send(["leave"])
    await until(lambda: len(sessions) == 0)


async def test_a_heartbeat_is_answered_while_a_handler_runs(browser: Browser) -> None:
    Gate.opened.clear()
    await browser.load("/gate/")
    await browser.join()
    browser.send(["event", 1, 0, "block", {}])
    browser.send(["ping", 0])
    assert await browser.next() == ["pong"]
    Gate.opened.set()
    await browser.next(lambda frame: frame[0] == "reply")


async def test_a_second_socket_of_one_page_takes_over(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    await browser.event("increment")
    second = Browser()
    second.html, second.token, second.ref = browser.html, browser.token, 1
    await second.join(rev=1, ref=1)
    assert (await second.event("increment"))[3] == [[1, 2, "2"]]
    assert (await browser.message("websocket.close"))["code"] == 4000
    await second.drop()


@pytest.mark.django_db(transaction=True)
async def test_a_template_that_needs_the_database_gets_a_thread(browser: Browser) -> None:
    await browser.load("/lazy/")
    await browser.join()
    session = next(iter(sessions))
    session.stage.is_light = True
    assert [1, 2, "1"] in (await browser.event("step"))[3]
    assert not session.stage.is_light
    assert [1, 2, "2"] in (await browser.event("step"))[3]


async def test_a_handler_that_takes_too_long_is_answered_and_its_change_pushed(
    browser: Browser,
) -> None:
    Gate.opened.clear()
    with override_settings(DJUST={"HANDLER_TIMEOUT_S": 0.02}):
        await browser.load("/gate/")
        await browser.join()
        reply = await browser.event("block")
        assert reply == ["reply", 1, 0, [], {"error": {"code": "DJL207", "text": ""}}]
        Gate.opened.set()
        assert await browser.next() == ["push", 1, [[1, 2, "done"]]]
        assert (await browser.event("block"))[2] == 1


async def test_events_that_flood_in_stop_the_reading_and_are_all_handled(browser: Browser) -> None:
    with override_settings(DJUST={"MAX_QUEUE": 8}):
        await browser.load("/counter/")
        await browser.join()
        for ref in range(1, 301):
            browser.send(["event", ref, 0, "increment", {}])
        session = next(iter(sessions))
        most = 0
        while not any(frame[1] == 300 for frame in browser.frames):
            most = max(most, session.backlog)
            await asyncio.sleep(0)
        assert most <= 10
        assert session.view.count == 300
