from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connections
from django.test import override_settings
from django.urls import path
from djust_live import LiveComponent, LiveView, event_handler
from djust_live.joining import sessions
from live_project.browser import Browser, until


class Part(LiveComponent):
    name = "debug-part"
    template = "<i>{{ n }}</i>"


class Watched(LiveView):
    template = """{% load djust %}<p>{{ count }} {{ names|join:"," }} {{ late }}</p>
    {% live_component "debug-part" id="part" n=count %}{% endlive_component %}"""

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.count, self.names = 0, ["a"]

    @event_handler
    def more(self, step: int = 1) -> None:
        self.count += step
        self.names.append("b")
        self.late = User.objects.count()

    @event_handler
    async def more_async(self) -> None:
        self.count += 1
        self.late = await User.objects.acount()

    @event_handler
    def hold(self) -> None:
        self.thing = Odd()


class Odd:
    def __repr__(self) -> str:
        raise RuntimeError("no")


urlpatterns = [path("watched/", Watched.as_view())]
ON = override_settings(ROOT_URLCONF=__name__, DEBUG=True, DJUST={"DEBUG_PANEL": True})


@pytest.fixture
def _on() -> Iterator[None]:
    with ON:
        yield


async def turn(browser: Browser) -> dict[str, Any]:
    found: dict[str, Any] = (await browser.next(lambda frame: frame[0] == "debug:turn"))[1]
    return found


@pytest.mark.usefixtures("_on")
@pytest.mark.parametrize("handler", ["more", "more_async"])
@pytest.mark.django_db(transaction=True)
async def test_a_turn_tells_what_it_did(browser: Browser, handler: str) -> None:
    # A connection of a test before is not watched.
    await sync_to_async(connections.close_all)()
    assert "djust/src/dev/panel.js" in await browser.load("/watched/")
    await browser.join()
    first = await turn(browser)
    assert (first["what"], first["number"], first["state"]["count"]) == ("attached", 1, "0")
    params = {"step": 2} if handler == "more" else {}
    reply = await browser.event(handler, **params)
    told = await turn(browser)
    assert (told["view"], told["what"], told["number"]) == ("Watched", handler, 2)
    assert told["params"] == str(params)
    assert told["ms"] > 0
    [[sql, took]] = told["queries"]
    assert sql.startswith("SELECT COUNT(")
    assert took >= 0
    assert told["state"]["count"] in ("1", "2")
    assert "_djust_components" not in told["state"]
    assert told["frame"].startswith(f'["reply",1,{reply[2]},')


@pytest.mark.usefixtures("_on")
@pytest.mark.django_db(transaction=True)
async def test_the_view_goes_back_to_an_earlier_turn(browser: Browser) -> None:
    await browser.load("/watched/")
    await browser.join()
    page = (await turn(browser))["page"]
    for _ in range(3):
        await browser.event("more")
        await turn(browser)
    [session] = sessions
    assert (session.view.count, session.view.names) == (3, ["a", "b", "b", "b"])
    browser.send(["debug:travel", {"page": page, "number": 2}])
    frame = await browser.next(lambda frame: frame[0] == "push")
    assert "1 a,b 0" in str(frame[2])
    assert (session.view.count, session.view.names) == (1, ["a", "b"])
    browser.send(["debug:travel", {"page": page, "number": 1}])
    await browser.next(lambda frame: frame[0] == "push")
    assert not hasattr(session.view, "late")
    await browser.event("more")
    assert session.view.count == 1


@pytest.mark.usefixtures("_on")
@pytest.mark.parametrize(
    "data", [None, 3, {}, {"page": "x", "number": 1}, {"page": "mine", "number": 99}]
)
@pytest.mark.django_db(transaction=True)
async def test_a_way_that_leads_nowhere_is_not_taken(browser: Browser, data: Any) -> None:
    await browser.load("/watched/")
    await browser.join()
    page = (await turn(browser))["page"]
    if isinstance(data, dict) and data.get("page") == "mine":
        data = {**data, "page": page}
    browser.send(["debug:travel", data])
    assert (await browser.event("more"))[0] == "reply"


@pytest.mark.usefixtures("_on")
@pytest.mark.django_db(transaction=True)
async def test_what_cannot_be_shown_is_said(browser: Browser) -> None:
    await browser.load("/watched/")
    await browser.join()
    await turn(browser)
    await browser.event("hold")
    assert (await turn(browser))["state"]["thing"] == "<Odd: RuntimeError('no')>"


@pytest.mark.parametrize(
    "settings", [{"DEBUG": False, "DJUST": {"DEBUG_PANEL": True}}, {"DEBUG": True, "DJUST": {}}]
)
@pytest.mark.django_db(transaction=True)
async def test_without_debug_and_setting_there_is_none(browser: Browser, settings: Any) -> None:
    with override_settings(ROOT_URLCONF=__name__, **settings):
        assert "panel.js" not in await browser.load("/watched/")
        await browser.join()
        await browser.event("more")
        browser.send(["debug:travel", {"page": "x", "number": 1}])
        await until(lambda: [frame for frame in browser.frames if frame[0] == "error"])
        [session] = sessions
        assert "debug" not in session.runtime.extensions
