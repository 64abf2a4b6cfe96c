from __future__ import annotations

import pytest
from django.test import override_settings
from djust_live.joining import sessions
from djust_live.messages import End
from djust_streaming.extension import StreamingExtension
from djust_streaming.texts import Text, split, units
from streaming_project.browser import Browser


def streaming() -> StreamingExtension:
    session = next(iter(sessions))
    return StreamingExtension.of(session.view)


async def opened(browser: Browser) -> Browser:
    await browser.load("/story/")
    await browser.join()
    return browser


@pytest.mark.parametrize("handler", ["tell", "tell_sync"])
async def test_pieces_of_sync_and_async_handlers_are_joined(browser: Browser, handler: str) -> None:
    await opened(browser)
    await browser.event(handler, pieces=["Once ", "upon", " a 🦊"])
    await browser.event(handler, pieces=["€", "<b>"])
    await browser.until(lambda: browser.text() == "Once upon a 🦊€<b>")
    assert browser.texts["story"][2] == "streaming"


async def test_text_leaves_while_an_async_handler_still_runs(browser: Browser) -> None:
    await opened(browser)
    await browser.event("tell", pieces=["a"])
    await browser.until(lambda: browser.text() == "a")


async def test_replacing_begins_another_text(browser: Browser) -> None:
    await opened(browser)
    await browser.event("tell", pieces=["old"])
    await browser.until(lambda: browser.text() == "old")
    first = browser.texts["story"][0]
    await browser.event("replace", text="new")
    await browser.until(lambda: browser.text() == "new")
    assert browser.texts["story"][0] != first


async def test_an_unknown_mode_is_refused(browser: Browser) -> None:
    await opened(browser)
    assert (await browser.event("odd"))[4]["error"]["code"] == "DJS103"


@pytest.mark.parametrize(("error", "state"), [("", "done"), ("No tokens left", "error")])
async def test_the_end_of_a_text_is_told(browser: Browser, error: str, state: str) -> None:
    await opened(browser)
    await browser.event("tell", pieces=["a"])
    await browser.event("end", error=error)
    await browser.until(lambda: browser.texts["story"][1:] == ["a", state, error])


async def test_a_hundred_thousand_pieces_arrive_in_order_and_together(browser: Browser) -> None:
    await opened(browser)
    await browser.event("count", to=100_000)
    await browser.until(lambda: browser.texts.get("story", [0, "", ""])[2] == "done", 60)
    assert browser.text() == "".join(f"{number} " for number in range(100_000))
    assert len([frame for frame in browser.frames if frame[0] == "streaming:text"]) < 1_000


@override_settings(DJUST={"STREAM_BUFFER_CHARS": 20_000, "STREAM_WINDOW_CHARS": 5_000})
@pytest.mark.parametrize("handler", ["count", "generate"])
async def test_a_slow_reader_slows_the_producer(browser: Browser, handler: str) -> None:
    await opened(browser)
    browser.reads.clear()
    browser.ref += 1
    browser.send(["event", browser.ref, 0, handler, {"to": 20_000}])
    await browser.until(lambda: sessions and streaming()._held >= 20_000)
    assert streaming()._held < 20_100
    assert streaming()._texts["story"].sent <= 5_000
    browser.reads.set()
    await browser.until(lambda: browser.texts.get("story", [0, "", ""])[2] == "done")
    assert browser.text() == "".join(f"{number} " for number in range(20_000))
    await browser.until(lambda: streaming()._held == 0)


@override_settings(DJUST={"STREAM_BUFFER_CHARS": 10})
async def test_a_handler_that_cannot_wait_is_told_of_too_much(browser: Browser) -> None:
    await opened(browser)
    reply = await browser.event("tell", pieces=["0123456789", "x"])
    assert reply[4]["error"]["code"] == "DJS102"
    await browser.until(lambda: browser.text() == "0123456789")


@override_settings(
    DJUST={"STREAM_BUFFER_CHARS": 10, "STREAM_WINDOW_CHARS": 10, "STREAM_STALL_S": 0.05}
)
@pytest.mark.parametrize("handler", ["count", "generate"])
async def test_nobody_waits_for_ever(browser: Browser, handler: str) -> None:
    await browser.load("/story/")
    await browser.join()
    browser.have = lambda: {}  # type: ignore[method-assign]
    await browser.event(handler, to=20)
    await browser.until(lambda: "StreamOverflow" in str(browser.frames), 20)


async def test_a_drop_in_the_middle_loses_nothing(browser: Browser) -> None:
    await opened(browser)
    await browser.event("tell", pieces=["before "])
    await browser.until(lambda: browser.text() == "before ")
    await browser.event("count", to=50_000)
    await browser.until(lambda: len(browser.text()) > 1_000)
    await browser.drop()
    await browser.join()
    await browser.until(lambda: browser.texts["story"][2] == "done")
    assert browser.text() == "".join(f"{number} " for number in range(50_000))
    assert browser.received_chars <= len(browser.text()) + 7 + 131_072


async def test_text_goes_on_after_a_restart(browser: Browser) -> None:
    await opened(browser)
    await browser.event("tell", pieces=["kept 🦊 "])
    await browser.until(lambda: browser.text() == "kept 🦊 ")
    await browser.drop()
    session = next(iter(sessions))
    session.post(End("expired"))
    await session.finished()
    await browser.join(rev=0)
    await browser.event("tell", pieces=["on"])
    await browser.until(lambda: browser.text() == "kept 🦊 on")


@pytest.mark.parametrize("failing", [False, True])
async def test_an_async_iterable_is_streamed_to_its_end(browser: Browser, failing: bool) -> None:
    await opened(browser)
    await browser.event("generate", to=3, failing=failing)
    state = "error" if failing else "done"
    await browser.until(lambda: browser.texts.get("story", [0, "", ""])[2] == state)
    assert browser.text() == "0 1 2 "
    last = "ValueError" if failing else "over"
    await browser.until(lambda: last in str(browser.frames))


async def test_state_is_shown_in_the_middle_of_background_work(browser: Browser) -> None:
    await opened(browser)
    await browser.event("watch")
    await browser.until(lambda: "half" in str(browser.frames))
    await browser.event("go_on")
    await browser.until(lambda: "whole" in str(browser.frames))


async def test_what_came_before_a_cancel_stays(browser: Browser) -> None:
    await opened(browser)
    await browser.event("generate", to=10_000_000)
    await browser.until(lambda: len(browser.text()) > 100)
    await browser.event("stop")
    await browser.until(lambda: browser.texts["story"][2] == "done")
    shown = browser.text()
    assert "".join(f"{number} " for number in range(len(shown))).startswith(shown)


@pytest.mark.parametrize("data", [None, [], {"texts": 1, "log": "x"}, {"texts": {"story": [1]}}])
@pytest.mark.parametrize("verb", ["have", "ack", "other"])
async def test_what_a_browser_makes_up_changes_nothing(
    browser: Browser, verb: str, data: object
) -> None:
    await opened(browser)
    browser.send([f"streaming:{verb}", data])
    await browser.event("tell", pieces=["a"])
    await browser.until(lambda: browser.text() == "a")


async def test_a_text_that_was_lost_with_its_process_ends(browser: Browser) -> None:
    await opened(browser)
    browser.texts["gone"] = [7, "abc", "streaming", ""]
    have = {"texts": {"gone": [7, 3]}, "log": None, "counts": {}, "open": ["gone", 5, "other"]}
    browser.send(["streaming:have", have])
    await browser.until(lambda: browser.texts["gone"] == [7, "abc", "error", ""])


async def test_more_cannot_be_acknowledged_than_was_sent(browser: Browser) -> None:
    await opened(browser)
    await browser.event("tell", pieces=["abc"])
    await browser.until(lambda: browser.text() == "abc")
    epoch = browser.texts["story"][0]
    browser.send(["streaming:ack", {"texts": {"story": [epoch, 99]}}])
    await browser.event("tell", pieces=["def"])
    await browser.until(lambda: browser.text() == "abcdef")


def test_pairs_are_counted_as_two_and_never_cut() -> None:
    assert units("a🦊") == 3
    assert split("a🦊b", 2) == ("a", "🦊b")
    assert split("a🦊b", 3) == ("a🦊", "b")
    text = Text()
    text.append("🦊🦊")
    assert text.take(3) == (0, "🦊")
    assert text.take(3) == (2, "🦊")


def test_half_a_pair_is_no_text() -> None:
    with pytest.raises(UnicodeEncodeError):
        Text().append("\ud83e")


def test_what_was_cut_off_says_so() -> None:
    text = Text()
    text.append("abc")
    again = Text.load(text.dump())
    assert (again.state, again.end, again.epoch) == ("error", 3, text.epoch)
