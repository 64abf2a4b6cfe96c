from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import (
    LiveComponent,
    LiveView,
    cache,
    client_state,
    debounce,
    event_handler,
    optimistic,
    permission_required,
    rate_limit,
    throttle,
)
from live_project.browser import Browser

CALLS: list[str] = []


class Marked(LiveComponent):
    name = "marked"
    template = '<section>{{ chosen }}|{{ ran }}<input dj-input="search"></section>'

    def mount(self, **props: Any) -> None:
        self.chosen, self.ran = "none", 0

    @debounce(wait=0.5, max_wait=2)
    @event_handler
    def search(self, value: str = "") -> None: ...

    @throttle(interval=0.2)
    @event_handler
    def move(self) -> None: ...

    @optimistic('add class "done" on closest li')
    @event_handler
    def like(self) -> None: ...

    @cache(ttl=60)
    @event_handler
    def find(self, value: str) -> None:
        CALLS.append(value)
        self.chosen = value

    @client_state(keys=["chosen"])
    @event_handler
    def choose(self, value: str) -> None:
        self.chosen = value

    @permission_required("auth.add_user")
    @event_handler
    def forbidden(self) -> None:
        self.chosen = "forbidden"

    @rate_limit(rate=0.001, burst=1)
    @event_handler
    def seldom(self) -> None:
        self.ran += 1


class Rootless(Marked):
    name = "marked-rootless"
    template = "two <b>roots</b>"


class Plain(LiveComponent):
    name = "unmarked"
    template = "<p></p>"

    @event_handler
    def search(self) -> None: ...


class Page(LiveView):
    template = (
        '{% load djust %}{% live_component "marked" id="a" %}{% endlive_component %}'
        '{% live_component "marked" id="b" %}{% endlive_component %}'
        '{% live_component "marked-rootless" id="c" %}{% endlive_component %}'
        '{% live_component "unmarked" id="d" %}{% endlive_component %}'
    )
    chosen = "by nobody"

    @throttle(interval=1)
    @event_handler
    def search(self) -> None: ...

    @client_state(keys=["chosen"])
    @event_handler
    def choose(self, value: str) -> None:
        self.chosen = value

    @rate_limit(rate=0.001, burst=1)
    @event_handler
    def seldom(self) -> None: ...


urlpatterns = [path("marked/", Page.as_view())]


@pytest.fixture
async def page(browser: Browser) -> Any:
    CALLS.clear()
    with override_settings(ROOT_URLCONF=__name__):
        await browser.load("/marked/")
        yield browser


async def call(page: Browser, target: str, name: str, **params: Any) -> list[Any]:
    """Call a handler of a component; empty: of the view."""
    page.ref += 1
    page.send(["event", page.ref, 0, name, params, target])
    return await page.next(lambda frame: frame[:2] == ["reply", page.ref])


def rules(page: Browser, component_id: str, attribute: str) -> Any:
    """Return what the element of a component says to the client."""
    tag = re.search(rf'<[^>]*dj-target="{component_id}"[^>]*>', page.html)
    assert tag is not None
    found = re.search(rf'{attribute}="([^"]*)"', tag[0])
    return json.loads(html.unescape(found[1])) if found else None


@pytest.mark.parametrize("component_id", ["a", "b", "c"])
async def test_the_element_says_what_to_debounce_and_throttle(
    page: Browser, component_id: str
) -> None:
    assert rules(page, component_id, "dj-policies") == {
        "search": {"debounce": [500, 2000]},
        "move": {"throttle": [200, True, True]},
    }


async def test_the_element_says_what_shows_at_once(page: Browser) -> None:
    assert rules(page, "a", "dj-optimistic-rules") == {"like": 'add class "done" on closest li'}


async def test_an_element_has_no_rules_where_there_are_none(page: Browser) -> None:
    assert '<p dj-target="d" dj-key="d"></p>' in page.html


async def test_rules_of_the_view_stay_its_own(page: Browser) -> None:
    assert (await page.join())[3] == {"policies": {"search": {"throttle": [1000, True, True]}}}


async def test_an_answer_is_known_for_each_component(page: Browser) -> None:
    await page.join()
    for _ in range(2):
        await call(page, "a", "choose", value="none")
        await call(page, "a", "find", value="x")
    assert CALLS == ["x"]
    await call(page, "b", "find", value="x")
    assert CALLS == ["x", "x"]


async def test_the_bus_tells_components_and_the_view_apart(page: Browser) -> None:
    await page.join()
    assert (await call(page, "a", "choose", value="one"))[4] == {"state": {"a.chosen": "one"}}
    assert (await call(page, "b", "choose", value="one"))[4] == {"state": {"b.chosen": "one"}}
    assert (await call(page, "", "choose", value="one"))[4] == {"state": {"chosen": "one"}}
    assert (await call(page, "a", "choose", value="one"))[4:] == []


async def test_a_missing_permission_refuses_the_event(page: Browser) -> None:
    await page.join()
    assert (await call(page, "a", "forbidden"))[4]["error"]["code"] == "DJL204"
    assert "forbidden" not in page.html


async def test_calls_beyond_the_rate_are_refused_for_all_components_of_a_class(
    page: Browser,
) -> None:
    await page.join()
    assert "error" not in str(await call(page, "a", "seldom"))
    assert (await call(page, "b", "seldom"))[4]["error"]["code"] == "DJL206"


async def test_a_rate_is_not_shared_with_the_view(page: Browser) -> None:
    await page.join()
    assert "error" not in str(await call(page, "", "seldom"))
    assert "error" not in str(await call(page, "a", "seldom"))
    assert (await call(page, "", "seldom"))[4]["error"]["code"] == "DJL206"
