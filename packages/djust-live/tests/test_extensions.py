from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import LiveView, event_handler
from djust_live.errors import DefinitionError, NamespaceConflict, NotAttached
from djust_live.extensions import Extension
from djust_live.joining import sessions
from djust_live.messages import Call
from djust_live.topics import Envelope
from live_project.browser import Browser, end, until

CALLS: list[Any] = []


class First(Extension):
    namespace = "first"

    async def on_mount(self) -> None:
        CALLS.append("first mount")
        self.port.join("everybody")

    async def on_attach(self) -> None:
        CALLS.append("first attach")

    async def on_detach(self) -> None:
        CALLS.append("first detach")

    async def on_event(self, name: str, params: dict[str, Any]) -> bool:
        return name == "taken"

    async def on_message(self, verb: str, data: Any) -> None:
        CALLS.append((verb, data))
        self.port.send("echo", data)
        self.port.call(lambda: setattr(self.view, "note", data))

    async def on_binary(self, frame: bytes) -> None:
        CALLS.append(frame)

    async def on_info(self, verb: str, data: Any) -> None:
        CALLS.append(("info", verb, data))
        self.view.note = data  # type: ignore[attr-defined]

    async def after_render(self) -> None:
        self.port.send("rendered", None)

    async def on_unmount(self, reason: str) -> None:
        CALLS.append(("first unmount", reason))

    def context(self) -> dict[str, Any]:
        return {"extra": "from the extension"}


class Second(Extension):
    namespace = "second"

    async def on_mount(self) -> None:
        CALLS.append("second mount")


class FirstMixin:
    extensions = (First,)

    def tell(self, data: Any) -> None:
        First.of(self).port.broadcast("everybody", "said", data)  # type: ignore[arg-type]


class SecondMixin:
    extensions = (Second,)


class Extended(SecondMixin, FirstMixin, LiveView):
    template = "<p>{{ note }}</p><i>{{ extra }}</i>"
    note = ""

    def mount(self, request: Any, **kwargs: Any) -> None:
        CALLS.append("mount")
        assert not First.of(self).port.connected

    @event_handler
    def shout(self) -> None:
        self.tell("shouted")

    @event_handler
    async def narrate(self) -> None:
        First.of(self).port.send("later", 2)
        First.of(self).port.send_now("urgent", 1)
        await asyncio.sleep(0)
        await asyncio.sleep(0)


urlpatterns = [path("extended/", Extended.as_view())]


@pytest.fixture(autouse=True)
def _urls() -> Any:
    CALLS.clear()
    with override_settings(ROOT_URLCONF=__name__):
        yield


async def test_extensions_mount_before_the_view_base_class_first(browser: Browser) -> None:
    await browser.load("/extended/")
    assert CALLS == ["first mount", "second mount", "mount"]
    assert "from the extension" in browser.html


async def test_what_extensions_give_is_there_without_super(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Extended, "get_context_data", lambda view: {"note": "own"})
    await browser.load("/extended/")
    assert "<p>own</p><i>from the extension</i>" in browser.html
    monkeypatch.setattr(Extended, "get_context_data", lambda view: {"extra": "own"})
    await browser.load("/extended/")
    assert "<i>own</i>" in browser.html


async def test_extensions_are_asked_once_a_render(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def context(extension: First) -> dict[str, Any]:
        asked.append(extension)
        return {"extra": len(asked)}

    monkeypatch.setattr(First, "context", context)
    await browser.load("/extended/")
    assert "<i>1</i>" in browser.html
    monkeypatch.setattr(Extended, "get_context_data", lambda view: {})
    await browser.load("/extended/")
    assert "<i>2</i>" in browser.html


async def test_a_browser_that_comes_and_goes_is_announced(browser: Browser) -> None:
    await browser.load("/extended/")
    await browser.join()
    assert CALLS[-1] == "first attach"
    await browser.drop()
    await until(lambda: CALLS[-1] == "first detach")


async def test_a_message_of_the_namespace_arrives_and_is_answered(browser: Browser) -> None:
    await browser.load("/extended/")
    await browser.join()
    browser.send(["first:hello", {"a": 1}])
    assert await browser.next() == ["first:echo", {"a": 1}]
    changed = await browser.next(lambda frame: frame[0] == "push")
    assert changed[1] == 1
    assert "{'a': 1}" in str(changed[2])
    browser.send(b"\x05firstdata")
    await until(lambda: b"data" in CALLS)


async def test_calls_behind_each_other_are_rendered_once(browser: Browser) -> None:
    await browser.load("/extended/")
    await browser.join()
    (session,) = sessions
    view: Any = session.view
    view.note = ""

    def add(letter: str) -> None:
        if letter == "x":
            raise ValueError("not this one")
        view.note += letter

    async def add_later() -> None:
        view.note += "!"

    for letter in "axbc":
        session.post(Call(partial(add, letter)))
    session.post(Call(add_later))
    frames = [await browser.next(lambda frame: frame[0] == "push") for _ in range(2)]
    assert [frame[1] for frame in frames] == [1, 2]
    assert "abc" in str(frames[0][2])
    assert "abc!" in str(frames[1][2])


async def test_an_event_that_an_extension_takes_reaches_no_handler(browser: Browser) -> None:
    await browser.load("/extended/")
    await browser.join()
    assert (await browser.event("taken"))[:4] == ["reply", 1, 0, []]
    assert (await browser.event("other"))[4]["error"]["code"] == "DJL201"


async def test_what_is_sent_after_a_render_leaves_with_the_frame(browser: Browser) -> None:
    await browser.load("/extended/")
    await browser.join()
    await browser.event("taken")
    assert await browser.next() == ["first:rendered", None]


async def test_what_is_sent_now_does_not_wait_for_the_end_of_the_turn(browser: Browser) -> None:
    await browser.load("/extended/")
    await browser.join()
    await browser.event("narrate")
    kinds = [json.loads(sent["text"])[0] for sent in browser.sent if "text" in sent]
    await browser.next(lambda frame: frame[0] == "first:later")
    assert kinds[kinds.index("first:urgent") + 1] == "reply"


async def test_a_broadcast_of_an_extension_reaches_its_objects(browser: Browser) -> None:
    await browser.load("/extended/")
    await browser.join()
    await browser.event("shout")
    await until(lambda: ("info", "said", "shouted") in CALLS)
    frame = await browser.next(lambda frame: frame[0] == "push")
    assert "shouted" in str(frame[2])


async def test_a_message_that_changes_nothing_takes_no_change_from_the_one_before(
    browser: Browser,
) -> None:
    await browser.load("/extended/")
    await browser.join()
    (session,) = sessions
    session.deliver(Envelope("everybody", "first", "said", "heard"))
    session.deliver(Envelope("everybody", "nobody", "said", "unheard"))
    frame = await browser.next(lambda frame: frame[0] == "push")
    assert "heard" in str(frame[2])


async def test_the_end_is_always_announced(browser: Browser) -> None:
    await browser.load("/extended/")
    await browser.join()
    await end(next(iter(sessions)))
    assert CALLS[-1] == ("first unmount", "test")


def test_two_owners_of_one_namespace_are_an_error_of_the_class() -> None:
    class Thief(Extension):
        namespace = "first"

    with pytest.raises(NamespaceConflict, match=r"First and .*Thief both claim .*'first'"):

        class Broken(FirstMixin, LiveView):
            extensions = (Thief,)


@pytest.mark.parametrize("namespace", ["", "a:b", "event", "view"])
def test_a_namespace_must_be_a_word_of_its_own(namespace: str) -> None:
    extension = type("Odd", (Extension,), {"namespace": namespace})
    with pytest.raises(DefinitionError):
        type("Broken", (LiveView,), {"extensions": (extension,)})


def test_an_object_that_is_not_there_is_an_error_with_a_hint() -> None:
    with pytest.raises(NotAttached):
        First.of(Extended())
