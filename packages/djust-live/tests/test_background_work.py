from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import LiveView, background, event_handler
from djust_live.joining import sessions
from live_project.browser import Browser, until

GATES: dict[str, threading.Event] = {}
SEEN: list[Any] = []


class Worker(LiveView):
    template = (
        "<p>{{ state }}</p><i>{{ items|length }}</i><b>{{ count }}</b>"
        "<u>{% if fetched.loading %}loading{% elif fetched.failed %}failed{% else %}"
        "{{ fetched.result }}{% endif %}</u>"
    )

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.state = "idle"
        self.items: list[int] = []
        self.count = 0
        self.fetched: Any = None

    @event_handler
    @background
    def work(self, fail: bool = False) -> str:
        self.state = "working"
        GATES["work"].wait(10)
        if fail:
            raise RuntimeError("no")
        self.items.append(1)
        self.state = "done"
        return "result"

    @event_handler
    def start(self, name: str = "job") -> None:
        self.start_async(self._job, 3, name=name)

    @event_handler
    def start_and_cancel(self) -> None:
        self.start_async(self._job, 3, name="job")
        self.cancel_async("job")
        self.cancel_async("unknown")

    @event_handler
    def cancel(self, name: str = "job") -> None:
        self.cancel_async(name)

    @event_handler
    def count_up(self) -> None:
        self.count += 1

    @event_handler
    async def start_coroutine(self) -> None:
        self.start_async(self._coroutine, name="coroutine")

    @event_handler
    def fetch(self, fail: bool = False) -> None:
        self.assign_async("fetched", self._fail if fail else self._fetch)

    @event_handler
    def announce(self) -> None:
        self.start_async(self._announce)

    def _announce(self) -> None:
        self.state = "announcing"
        self.push_event("progress", {"n": 1})
        GATES["work"].wait(10)

    def _fetch(self) -> str:
        GATES["work"].wait(10)
        return "value"

    def _fail(self) -> None:
        raise LookupError("nothing there")

    def _job(self, number: int) -> int:
        SEEN.append(("started", number))
        GATES["job"].wait(10)
        SEEN.append(("cancelled", self.async_cancelled("job")))
        self.state = "job done"
        return number

    async def _coroutine(self) -> None:
        self.state = "waiting"
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            SEEN.append("coroutine cancelled")
            raise

    def handle_async_result(self, name: str, result: Any = None, error: Any = None) -> None:
        SEEN.append((name, result, type(error).__name__ if error else None))


urlpatterns = [path("worker/", Worker.as_view())]


@pytest.fixture(autouse=True)
def _gates() -> Any:
    SEEN.clear()
    GATES.update(work=threading.Event(), job=threading.Event())
    with override_settings(ROOT_URLCONF=__name__):
        yield
    for gate in GATES.values():
        gate.set()


async def joined(browser: Browser) -> Browser:
    await browser.load("/worker/")
    await browser.join()
    return browser


def pushed(frame: list[Any]) -> bool:
    return bool(frame[0] == "push")


async def test_the_loading_state_is_shown_before_the_work_is_done(browser: Browser) -> None:
    await joined(browser)
    reply = await browser.event("work")
    assert reply[4] == {"async_pending": True}
    shown = await browser.next(pushed)
    assert "working" in str(shown[2])
    assert shown[3] == {"async_pending": True}
    assert (await browser.event("count_up"))[4] == {"async_pending": True}
    GATES["work"].set()
    last = await browser.next(lambda frame: pushed(frame) and len(frame) == 3)
    assert "done" in str(last[2])
    assert ("work", "result", None) in SEEN
    view = next(iter(sessions)).view
    assert (view.items, view.count) == ([1], 1)


async def test_an_exception_ends_the_loading_state(browser: Browser) -> None:
    await joined(browser)
    await browser.event("work", fail=True)
    GATES["work"].set()
    await browser.next(lambda frame: pushed(frame) and len(frame) == 3)
    assert ("work", None, "RuntimeError") in SEEN


async def test_work_starts_after_the_reply_and_gives_its_result_once(browser: Browser) -> None:
    await joined(browser)
    GATES["job"].set()
    await browser.event("start")
    await until(lambda: ("job", 3, None) in SEEN)
    await browser.next(lambda frame: pushed(frame) and len(frame) == 3)
    assert SEEN.count(("job", 3, None)) == 1


async def test_work_that_is_cancelled_before_it_starts_never_runs(browser: Browser) -> None:
    await joined(browser)
    await browser.event("start_and_cancel")
    await browser.event("count_up")
    assert SEEN == []


async def test_the_result_of_cancelled_work_is_never_applied(browser: Browser) -> None:
    await joined(browser)
    await browser.event("start")
    await until(lambda: ("started", 3) in SEEN)
    await browser.event("cancel")
    GATES["job"].set()
    await until(lambda: ("cancelled", True) in SEEN)
    await browser.event("count_up")
    assert not any(entry[0] == "job" for entry in SEEN)
    assert next(iter(sessions)).view.state == "idle"


async def test_a_cancelled_coroutine_is_cancelled(browser: Browser) -> None:
    await joined(browser)
    await browser.event("start_coroutine")
    await browser.next(lambda frame: pushed(frame) and "waiting" in str(frame[2]))
    await browser.event("cancel", name="coroutine")
    await until(lambda: "coroutine cancelled" in SEEN)
    assert (await browser.event("count_up"))[4:] == []


async def test_a_second_start_replaces_the_first(browser: Browser) -> None:
    await joined(browser)
    await browser.event("start")
    await until(lambda: SEEN == [("started", 3)])
    await browser.event("start")
    GATES["job"].set()
    await until(lambda: ("job", 3, None) in SEEN)
    assert SEEN.count(("job", 3, None)) == 1


async def test_too_much_work_at_once_is_refused(browser: Browser) -> None:
    with override_settings(DJUST={"MAX_BACKGROUND_TASKS": 1}):
        await joined(browser)
        await browser.event("start", name="a")
        assert (await browser.event("start", name="b"))[4]["error"]["code"] == "DJL210"


async def test_an_attribute_that_is_fetched_is_loading_then_there(browser: Browser) -> None:
    await joined(browser)
    assert "loading" in str((await browser.event("fetch"))[3])
    GATES["work"].set()
    assert "value" in str((await browser.next(pushed))[2])


async def test_an_attribute_whose_fetch_fails_says_so(browser: Browser) -> None:
    await joined(browser)
    await browser.event("fetch", fail=True)
    assert "failed" in str((await browser.next(pushed))[2])


async def test_events_of_background_work_leave_while_it_runs(browser: Browser) -> None:
    await joined(browser)
    await browser.event("announce")
    frame = await browser.next(lambda frame: pushed(frame) and "events" in str(frame[3:]))
    assert frame[3]["events"] == [["progress", {"n": 1}]]


async def test_work_that_takes_too_long_is_stopped(browser: Browser) -> None:
    with override_settings(DJUST={"BACKGROUND_TIMEOUT_S": 0.01}):
        await joined(browser)
        await browser.event("start_coroutine")
        await until(lambda: ("coroutine", None, "TimeoutError") in SEEN)
