"""Stopping: every page is saved and sent away, and nothing that was answered is lost."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from django.test import override_settings
from djust_live.draining import Lifespan, SignalWatch, drain
from djust_live.joining import sessions
from djust_live.messages import End
from djust_live.saving import writer
from live_project.browser import Browser, until
from live_project.saved import Order
from live_project.stores import SharedMemory
from live_project.views import Gate


@pytest.fixture(autouse=True)
async def _not_stopping() -> AsyncIterator[None]:
    drain.reset()
    SharedMemory.store.clear()
    with override_settings(
        DJUST={"STATE_BACKEND": "live_project.stores.SharedMemory", "DRAIN_TIMEOUT_S": 5}
    ):
        yield
        drain.reset()
        await until(lambda: writer.flush(0))


async def test_a_page_is_saved_told_when_to_come_back_and_closed(browser: Browser) -> None:
    await browser.load("/order/")
    await browser.join()
    await browser.event("increment")
    Order.unmounts.clear()
    await drain.begin()
    (order,) = [frame for frame in browser.frames if frame[0] == "drain"]
    assert 1 <= order[1] <= 5001
    assert (await browser.message("websocket.close"))["code"] == 1012
    assert len(sessions) == 0
    assert len(SharedMemory.store) == 1
    assert Order.unmounts == []


async def test_delays_are_spread() -> None:
    browsers = [Browser() for _ in range(20)]
    for browser in browsers:
        await browser.load("/order/")
        await browser.join()
    await drain.begin()
    delays = {frame[1] for browser in browsers for frame in browser.frames if frame[0] == "drain"}
    assert len(delays) > 10
    for browser in browsers:
        await browser.drop()


async def test_the_turn_that_runs_is_finished_and_answered_first(browser: Browser) -> None:
    Gate.opened.clear()
    await browser.load("/gate/")
    await browser.join()
    browser.send(["event", 1, 0, "block", {}])
    await until(lambda: next(iter(sessions)).ref == 1)
    stopping = drain.begin()
    await until(lambda: next(iter(sessions))._is_shut)
    browser.send(["event", 2, 0, "block", {}])
    await asyncio.sleep(0.02)
    Gate.opened.set()
    await stopping
    assert [frame[0] for frame in browser.frames] == ["reply", "drain"]
    assert browser.frames[0][1] == 1  # the second is sent again elsewhere


async def test_a_page_that_attaches_now_is_sent_away(browser: Browser) -> None:
    await browser.load("/order/")
    await drain.begin()
    browser.open()
    browser.send(["join", 1, browser.token, 1, 1, 0, 0])
    assert (await browser.next())[0] == "drain"
    assert (await browser.message("websocket.close"))["code"] == 1012


async def test_a_turn_that_does_not_end_does_not_stop_the_stop(browser: Browser) -> None:
    with override_settings(DJUST={"DRAIN_TIMEOUT_S": 0.05}):
        Gate.opened.clear()
        await browser.load("/gate/")
        await browser.join()
        browser.send(["event", 1, 0, "block", {}])
        await until(lambda: next(iter(sessions)).ref == 1)
        await drain.begin()
        Gate.opened.set()


async def test_views_that_were_ending_already_clean_up_first(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = threading.Event()

    def unmount(view: Gate) -> None:
        gone.wait(10)

    monkeypatch.setattr(Gate, "unmount", unmount)
    await browser.load("/gate/")
    await browser.join()
    (session,) = sessions
    session.post(End("left"))
    await until(lambda: not len(sessions))
    stopping = drain.begin()
    await asyncio.sleep(0.02)
    assert not stopping.done()
    gone.set()
    await stopping
    assert not sessions.ending


async def test_what_follows_the_end_of_a_session_has_its_turn() -> None:
    class Over:
        asked = 0

        async def finished(self) -> None:
            self.asked += 1
            assert self.asked < 1000, "The loop does nothing else any more."

        def drain(self, delay_ms: int) -> None:
            """It is over."""

    over: Any = Over()
    sessions.ending.add(over)
    asyncio.get_running_loop().call_soon(sessions.ending.discard, over)
    await drain._end_sessions()
    assert not sessions.ending


async def test_the_lifespan_drains_when_the_server_tells_it(browser: Browser) -> None:
    await browser.load("/order/")
    await browser.join()
    told: list[str] = []
    orders = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> dict[str, Any]:
        return {"type": next(orders)}

    async def send(message: dict[str, Any]) -> None:
        told.append(message["type"])

    previous = signal.getsignal(signal.SIGTERM)
    try:
        await Lifespan()({"type": "lifespan"}, receive, send)
    finally:
        signal.signal(signal.SIGTERM, previous)
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert len(sessions) == 0


@pytest.fixture
def server_handler() -> Iterator[list[int]]:
    """What a server would do on SIGTERM."""
    calls: list[int] = []
    previous = signal.signal(signal.SIGTERM, lambda number, frame: calls.append(number))
    yield calls
    signal.signal(signal.SIGTERM, previous)


async def test_the_servers_own_handler_runs_after_the_drain(
    browser: Browser, server_handler: list[int]
) -> None:
    await browser.load("/order/")
    await browser.join()
    SignalWatch().install()
    signal.raise_signal(signal.SIGTERM)
    assert server_handler == []
    await until(lambda: server_handler == [signal.SIGTERM])
    assert any(frame[0] == "drain" for frame in browser.frames)
    assert len(sessions) == 0


async def test_a_second_signal_stops_at_once(browser: Browser, server_handler: list[int]) -> None:
    Gate.opened.clear()
    await browser.load("/gate/")
    await browser.join()
    browser.send(["event", 1, 0, "block", {}])
    await until(lambda: next(iter(sessions)).ref == 1)
    SignalWatch().install()
    signal.raise_signal(signal.SIGTERM)
    await until(lambda: drain.has_begun)
    signal.raise_signal(signal.SIGTERM)
    assert server_handler == [signal.SIGTERM]
    Gate.opened.set()
