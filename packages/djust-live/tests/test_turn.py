"""What code that fails had asked for is dropped with its attributes; what it asked before stays."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import override_settings
from django.urls import path
from djust_live import LiveComponent, LiveView, event_handler, publish
from djust_live.errors import BadParameter
from djust_live.joining import sessions
from live_project.browser import Browser, until

WORKED: list[str] = []
GO, SAID = threading.Event(), threading.Event()


def work() -> None:
    WORKED.append("work")


DEEDS: dict[str, Callable[[Any], Any]] = {
    "nothing": lambda view: None,
    "push_event": lambda view: view.push_event("ping", {}),
    "put_flash": lambda view: view.put_flash("info", "Done."),
    "clear_flash": lambda view: view.clear_flash(),
    "title": lambda view: setattr(view, "page_title", "Done"),
    "redirect": lambda view: view.redirect("/elsewhere/"),
    "live_redirect": lambda view: view.live_redirect("/elsewhere/"),
    "live_patch": lambda view: view.live_patch(params={"a": "1"}),
    "url_state": lambda view: setattr(view, "number", 7),
    "start_async": lambda view: view.start_async(work),
    "assign_async": lambda view: view.assign_async("found", work),
}
# Those that lead elsewhere do so, although the template cannot show what is left.
LEADING = {"redirect", "live_redirect"}


class Failing:
    """Does something, and fails after that."""

    def fail(self, how: str, view: Any) -> None:
        """Fail, in the handler or in the template."""
        if how == "raise":
            raise ValueError("on purpose")
        if how == "refuse":
            raise BadParameter("on purpose")
        if how == "deny":
            raise PermissionDenied("on purpose")
        if how == "miss":
            raise Http404("on purpose")
        view.is_broken = True


class Doer(Failing, LiveView):
    template = "{% load djust %}<main>{{ count }}{{ boom }}{% live_component 'doer' id='part' %}{% endlive_component %}</main>"
    url_state = {"number": int}  # noqa: RUF012

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.count, self.number, self.is_broken, self.found = 0, 1, False, None
        self.heard: list[Any] = []
        self.subscribe("kept")

    @property
    def boom(self) -> str:
        if self.is_broken:
            raise ValueError("on purpose")
        return ""

    def handle_info(self, message: Any) -> None:
        if message == "fail":
            self.push_event("ping", {})
            raise ValueError("on purpose")
        self.heard = [*self.heard, message]

    @event_handler
    def do(self, deed: str, how: str = "") -> None:
        self.count += 1
        DEEDS[deed](self)
        if how:
            self.fail(how, self)

    @event_handler
    async def do_async(self, deed: str, how: str) -> None:
        self.count += 1
        DEEDS[deed](self)
        self.fail(how, self)

    @event_handler
    def listen(self, how: str = "") -> None:
        self.unsubscribe("kept")
        self.subscribe("new")
        if how:
            self.fail(how, self)

    @event_handler
    def tell(self, messages: list[str]) -> None:
        for message in messages:
            publish("kept", message)

    @event_handler
    def work_on(self, how: str = "") -> None:
        self.start_async(self._wait, name="wait")
        if how:
            self.fail(how, self)

    @event_handler
    def stop(self, how: str) -> None:
        self.cancel_async("wait")
        self.start_async(work, name="wait")
        self.cancel_async("wait")
        self.fail(how, self)

    @event_handler
    def leave_with_message(self, way: str) -> None:
        if way == "flash":
            self.put_flash("info", "Gone.")
        else:
            messages.info(self.request, "Gone.")
        self.redirect("/elsewhere/")
        self.is_broken = True

    @event_handler
    def meanwhile(self) -> None:
        """Fail while background work wants something too."""
        self.start_async(self._say)
        GO.clear()

    @event_handler
    def fail_beside(self) -> None:
        self.push_event("mine", {})
        GO.set()
        SAID.wait(10)
        raise ValueError("on purpose")

    def _say(self) -> None:
        GO.wait(10)
        self.push_event("theirs", {})
        self.put_flash("info", "Theirs.")
        SAID.set()

    async def _wait(self) -> None:
        await asyncio.Event().wait()


class DoerPart(Failing, LiveComponent):
    name = "doer"
    template = "<p>{{ count }}</p>"
    count = 0

    @event_handler
    def do(self, deed: str, how: str = "") -> None:
        self.count += 1
        DEEDS[deed](self.view)
        if how:
            self.fail(how, self.view)


class Outer(LiveView):
    template = f"{{% load djust %}}<div>{{% live_render '{__name__}.Doer' %}}</div>"


urlpatterns = [path("doer/", Doer.as_view()), path("outer/", Outer.as_view())]

pytestmark = pytest.mark.urls(__name__)


def view_of(kind: type) -> Any:
    return next(one.view for one in sessions if type(one.view) is kind)


async def attached(browser: Browser, place: str) -> Browser:
    """Return the socket of the page, or that of the view that is nested in it."""
    if place != "nested":
        await browser.load("/doer/")
        await browser.join()
        return browser
    html = await browser.load("/outer/")
    inner = Browser(browser.cookies)
    inner.html = html
    inner.token = re.search(r'data-djust-view="([^"]+)"', html)[1]  # type: ignore[index]
    await inner.join()
    return inner


@pytest.mark.parametrize("place", ["view", "async", "part", "nested"])
@pytest.mark.parametrize("how", ["raise", "refuse", "deny", "template"])
async def test_what_a_handler_wanted_before_it_failed_is_dropped(
    browser: Browser, place: str, how: str
) -> None:
    tab = await attached(browser, place)
    view = view_of(Doer)
    WORKED.clear()
    for deed in DEEDS:
        reply = await called(tab, place, deed, how)
        wanted = set() if how != "template" or deed not in LEADING else {"url_leave"}
        assert reply[4].keys() == {"error", *wanted}, deed
        assert (view.count, view.number, view.found, view.page_title) == (0, 1, None, None), deed
        assert view._mounted().uri == tab_path(place)
    assert view._djust_components["part"].count == 0
    # Nothing of it comes later, and the page goes on.
    reply = await tab.event("do", deed="nothing")
    assert len(reply) == 4
    assert WORKED == []
    await tab.drop()


async def called(tab: Browser, place: str, deed: str, how: str) -> list[Any]:
    """Return the reply to an event of the view, or of the component in it."""
    tab.ref += 1
    ref, target = tab.ref, ["part"] if place == "part" else []
    name = "do_async" if place == "async" else "do"
    tab.send(["event", ref, 0, name, {"deed": deed, "how": how}, *target])
    return await tab.next(lambda frame: frame[0] == "reply" and frame[1] == ref)


@pytest.mark.parametrize("way", ["flash", "messages"])
async def test_messages_go_along_when_only_the_template_fails(browser: Browser, way: str) -> None:
    await attached(browser, "view")
    reply = await browser.event("leave_with_message", way=way)
    url, cookie = reply[4]["url_leave"]
    assert url == "/elsewhere/"
    assert cookie.startswith("messages=")


def tab_path(place: str) -> str:
    return "/outer/" if place == "nested" else "/doer/"


@pytest.mark.parametrize(
    ("how", "code"),
    [("raise", "DJL203"), ("refuse", "DJL202"), ("deny", "DJL204"), ("miss", "DJL214")],
)
async def test_who_refuses_as_in_any_django_view_has_not_failed(
    browser: Browser, caplog: pytest.LogCaptureFixture, how: str, code: str
) -> None:
    await attached(browser, "view")
    with override_settings(DEBUG=True):
        reply = await browser.event("do", deed="nothing", how=how)
    assert reply[4]["error"]["code"] == code
    assert "on purpose" in reply[4]["error"]["text"]
    logged = [record.levelname for record in caplog.records if record.name == "djust_live.turn"]
    assert logged == (["ERROR"] if how == "raise" else [])


async def test_what_succeeded_before_in_the_same_turn_stays(browser: Browser) -> None:
    await attached(browser, "view")
    await browser.event("tell", messages=["a", "fail", "b"])
    push = await browser.next(lambda frame: frame[0] == "push")
    assert push[3].keys() == {"error"}
    assert view_of(Doer).heard == ["a", "b"]


@pytest.mark.parametrize("how", ["raise", "refuse", "deny", "template"])
async def test_topics_are_those_that_the_attributes_know(browser: Browser, how: str) -> None:
    await attached(browser, "view")
    view = view_of(Doer)
    before = list(view._mounted().topics)
    await browser.event("listen", how=how)
    assert list(view._mounted().topics) == before
    publish("new", "n")
    publish("kept", "k")
    await until(lambda: view.heard)
    assert view.heard == ["k"]
    await browser.event("listen")
    publish("kept", "k")
    publish("new", "n")
    await until(lambda: len(view.heard) > 1)
    assert view.heard == ["k", "n"]


@pytest.mark.parametrize("how", ["raise", "refuse", "deny", "template"])
async def test_work_goes_on_that_a_handler_stopped_before_it_failed(
    browser: Browser, how: str
) -> None:
    await attached(browser, "view")
    background = view_of(Doer)._mounted().session.background
    await browser.event("work_on")
    [task] = background._tasks.values()
    WORKED.clear()
    for name in ("stop", "work_on"):
        reply = await browser.event(name, how=how)
        assert reply[4].keys() == {"error", "async_pending"}
        assert background._tasks == {"wait": task}
    await browser.event("do", deed="nothing")
    assert task.state.value == "running"
    assert WORKED == []
    # And it is replaced by a handler that succeeds.
    await browser.event("work_on")
    await until(lambda: task.state.value == "cancelled")


async def test_what_background_work_wants_does_not_depend_on_handlers(browser: Browser) -> None:
    await attached(browser, "view")
    SAID.clear()
    await browser.event("meanwhile")
    reply = await browser.event("fail_beside")
    said = {**reply[4]}
    if "events" not in said:
        said.update((await browser.next(lambda frame: frame[0] == "push"))[3])
    assert said["events"] == [["theirs", {}]]
    assert said["flash"] == [["info", "Theirs."]]
