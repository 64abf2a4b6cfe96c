from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import LiveView, event_handler, publish
from djust_live.joining import sessions
from djust_live.topics import hub
from djust_vdom import Replica
from live_project.browser import Browser, end, until


class Room(LiveView):
    template = "<p>{{ heard }}</p>"
    tick_interval = None

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.heard: list[Any] = []
        self.subscribe("room/é 1")

    def handle_info(self, message: Any) -> None:
        if message == "fail":
            raise RuntimeError("no")
        self.heard.append(message)

    @event_handler
    def say(self, text: str) -> None:
        self.broadcast("room/é 1", {"text": text})

    @event_handler
    def go(self) -> None:
        self.unsubscribe("room/é 1")


class Clock(LiveView):
    template = "<p>{{ ticks }}</p>"
    tick_interval = 5

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.ticks = 0

    async def handle_tick(self) -> None:
        self.ticks += 1


class Sum(LiveView):
    template = "<p>{{ total }}</p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.total = 0
        self.subscribe("numbers")

    def handle_info(self, message: Any) -> None:
        if message < 0:
            self.page_title = "last"
            self.push_event("bell")
        else:
            self.total += message


urlpatterns = [
    path("sum/", Sum.as_view()),
    path("room/", Room.as_view()),
    path("clock/", Clock.as_view()),
]


@pytest.fixture(autouse=True)
def _urls() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


async def test_a_message_reaches_all_who_subscribed(browser: Browser) -> None:
    other = Browser()
    for one in (browser, other):
        await one.load("/room/")
        await one.join()
    await browser.event("say", text="hi")
    for one in (browser, other):
        frame = await one.next(lambda frame: frame[0] == "push")
        assert "hi" in str(frame[2])
    await other.drop()


async def test_who_unsubscribed_hears_nothing(browser: Browser) -> None:
    await browser.load("/room/")
    await browser.join()
    await browser.event("go")
    await browser.event("say", text="hi")
    await browser.event("go")
    assert browser.frames == []


async def test_a_message_that_fails_leaves_the_view_alive(browser: Browser) -> None:
    await browser.load("/room/")
    await browser.join()
    publish("room/é 1", "fail")
    failed = await browser.next(lambda frame: frame[0] == "push")
    assert failed[3]["error"]["code"] == "DJL203"
    publish("room/é 1", "fine")
    assert "fine" in str(await browser.next(lambda frame: frame[0] == "push"))


async def test_messages_are_handled_in_order_and_rendered_together(browser: Browser) -> None:
    await browser.load("/room/")
    await browser.join()
    for number in range(300):
        publish("room/é 1", number)
    view: Any = next(iter(sessions)).view
    await until(lambda: len(view.heard) == 300)
    assert view.heard == list(range(300))
    await browser.event("go")
    assert len(browser.frames) < 50


async def test_a_view_that_ended_is_no_longer_a_member(browser: Browser) -> None:
    await browser.load("/room/")
    await browser.join()
    await browser.event("say", text="hi")
    assert "view:room/é 1" in hub.topics()
    await end(next(iter(sessions)))
    assert "view:room/é 1" not in hub.topics()


async def test_ticks_come_while_a_browser_is_there(browser: Browser) -> None:
    await browser.load("/clock/")
    await browser.join()
    await browser.next(lambda frame: frame[0] == "push" and "3" in str(frame[2]))
    await browser.drop()
    view: Any = next(iter(sessions)).view
    session = next(iter(sessions))
    await until(lambda: session.backlog == 0)
    assert "tick" not in session.timers
    assert view.ticks >= 3


async def test_workers_hear_each_other_through_the_channel_layer(browser: Browser) -> None:
    layers = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    with override_settings(CHANNEL_LAYERS=layers):
        from channels.layers import get_channel_layer
        from djust_live.topics import Envelope, _encoder, _event, group_of

        await browser.load("/room/")
        await browser.join()
        await browser.event("go")
        await browser.drop()
        second = Browser()
        await second.load("/room/")
        await second.join()
        topic = "view:room/é 1"
        layer: Any = get_channel_layer()
        await until(lambda: group_of(topic) in layer.groups)
        raw = _encoder.encode(Envelope(topic, "", "", "from afar"))
        await layer.group_send(group_of(topic), _event(raw, b"elsewhere"))
        assert "from afar" in str(await second.next(lambda frame: frame[0] == "push"))
        await second.drop()


async def test_a_slow_reader_costs_a_bounded_number_of_frames_and_ends_up_right(
    browser: Browser,
) -> None:
    await browser.load("/sum/")
    await browser.join()
    session: Any = next(iter(sessions))
    transport = session.out.transport
    browser.reads.clear()
    most = 0
    for number in range(10_000):
        publish("numbers", number)
        if number % 500 == 499:
            await until(lambda: session.backlog == 0)
            most = max(most, len(transport._frames))
    await until(lambda: session.view.total == sum(range(10_000)))
    assert most < 20
    assert len(session.out.history) < 600
    browser.reads.set()
    page = Replica(browser.html)

    def caught_up() -> bool:
        while browser.frames:
            frame = browser.frames.pop(0)
            assert frame[0] == "push"
            page.apply(json.dumps(frame[2]))
        return f"<p>{sum(range(10_000))}</p>" in page.html

    await until(caught_up)


async def test_what_a_slow_reader_is_owed_beside_the_page_arrives_too(browser: Browser) -> None:
    await browser.load("/sum/")
    await browser.join()
    session: Any = next(iter(sessions))
    browser.reads.clear()
    for number in range(100):
        publish("numbers", number)
        await until(lambda: session.backlog == 0)
    publish("numbers", -1)
    await until(lambda: session.backlog == 0 and session.view.page_title == "last")
    browser.reads.set()
    await until(
        lambda: any(frame[3:] and frame[3].get("title") == "last" for frame in browser.frames)
    )
    assert any(frame[3:] and frame[3].get("events") == [["bell", {}]] for frame in browser.frames)
