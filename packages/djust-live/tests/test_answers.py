from __future__ import annotations

import time
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import override_settings
from django.urls import path
from djust_live import LiveComponent, LiveView, background, cache, event_handler
from djust_live.component import components_of
from djust_live.digests import Digester, Opaque
from djust_live.errors import DefinitionError
from djust_live.joining import sessions
from live_project.browser import Browser

CALLS: list[str] = []


class Box(LiveComponent):
    name = "cached-box"
    template = "<i>{{ size }}</i>"

    def mount(self, **props: Any) -> None:
        self.size = 1

    @cache()
    @event_handler
    def grow(self, by: int = 1) -> None:
        CALLS.append("grow")
        self.size += by


class Shelf(LiveView):
    template = (
        "{% load djust %}<p>{{ found|join:',' }}|{{ mode }}|{{ first }}|{{ total }}</p>"
        "{% live_component 'cached-box' id='box' %}{% endlive_component %}"
    )

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.mode = "all"
        self.found: list[Any] = []
        self.total = 0
        self._seen: list[str] = []

    @property
    def first(self) -> Any:
        return self.found[0] if self.found else None

    @cache(ttl=60)
    @event_handler
    def search(self, value: str = "") -> dict[str, int]:
        CALLS.append(value)
        self.found = [value, self.mode]
        return {"count": len(self.found)}

    @event_handler
    @cache(key_params=["value"])
    async def look(self, value: str = "", at: int = 0) -> None:
        CALLS.append(f"{value}{at}")
        self.found = [at]

    @cache()
    @event_handler
    def spread(self) -> None:
        CALLS.append("spread")
        self.alias = self.found
        self.alias.append(1)

    @cache()
    @event_handler
    def borrow(self) -> None:
        CALLS.append("borrow")
        self.alias = self.found

    @cache()
    @event_handler
    def shout(self) -> None:
        CALLS.append("shout")
        self.push_event("shouted", 1)

    @cache()
    @event_handler
    def fetch(self) -> None:
        CALLS.append("fetch")
        self.start_async(lambda: None, name="fetching")

    @cache()
    @event_handler
    def forget(self) -> None:
        CALLS.append("forget")
        del self._seen

    @cache()
    @event_handler
    def fail(self) -> None:
        CALLS.append("fail")
        self.total = 5
        raise ValueError("no")

    @event_handler
    def back(self) -> None:
        self.found, self.mode, self.total = [], "all", 0
        self._seen = []
        vars(self).pop("alias", None)

    @event_handler
    def switch(self) -> None:
        self.mode = "new"

    @event_handler
    def open(self) -> None:
        self._file = object()

    @event_handler
    def push(self) -> None:
        self.found.append("x")
        self.total = len(getattr(self, "alias", []))


urlpatterns = [path("shelf/", Shelf.as_view())]


@pytest.fixture(autouse=True)
def _urls() -> Any:
    CALLS.clear()
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
async def page(browser: Browser) -> Browser:
    await browser.load("/shelf/")
    await browser.join()
    return browser


def view() -> Any:
    """Return the view of the page."""
    (session,) = sessions
    return session.view


async def twice(page: Browser, name: str, **params: Any) -> tuple[Any, Any]:
    """Call a handler from the same state twice; return both replies."""
    first = await page.event(name, **params)
    await page.event("back")
    return first, await page.event(name, **params)


async def test_a_repeat_is_answered_without_the_handler(page: Browser) -> None:
    first, second = await twice(page, "search", value="ab")
    assert CALLS == ["ab"]
    assert "ab,all" in str(second[3])
    assert (first[3], first[4]) == (second[3], second[4])
    assert second[4] == {"reply": {"count": 2}}


async def test_another_state_is_another_question(page: Browser) -> None:
    await page.event("search", value="ab")
    await page.event("back")
    await page.event("switch")
    assert "ab,new" in str((await page.event("search", value="ab"))[3])
    assert CALLS == ["ab", "ab"]


async def test_other_parameters_are_another_question(page: Browser) -> None:
    await page.event("search", value="ab")
    await page.event("back")
    await page.event("search", value="a")
    assert CALLS == ["ab", "a"]


async def test_only_key_params_matter_when_they_are_named(page: Browser) -> None:
    await page.event("look", value="a", at=1)
    await page.event("back")
    await page.event("look", value="a", at=2)
    await page.event("back")
    await page.event("look", value="b", at=2)
    assert CALLS == ["a1", "b2"]


async def test_an_answer_ends_with_its_time(page: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    await page.event("search", value="ab")
    await page.event("back")
    now = time.monotonic()
    monkeypatch.setattr("djust_live.answers.now", lambda: now + 61)
    await page.event("search", value="ab")
    assert CALLS == ["ab", "ab"]


async def test_changing_an_answer_in_place_does_not_change_it(page: Browser) -> None:
    await page.event("search", value="ab")
    await page.event("push")
    await page.event("back")
    await page.event("search", value="ab")
    await page.event("push")
    await page.event("back")
    await page.event("search", value="ab")
    assert view().found == ["ab", "all"]
    assert CALLS == ["ab"]


async def test_attributes_that_are_one_object_stay_one(page: Browser) -> None:
    await twice(page, "spread")
    assert CALLS == ["spread"]
    assert "|2" in str((await page.event("push"))[3]).replace('"2"', "|2")


async def test_what_would_part_attributes_is_not_kept(page: Browser) -> None:
    await twice(page, "borrow")
    assert CALLS == ["borrow", "borrow"]


@pytest.mark.parametrize("name", ["shout", "fetch", "fail"])
async def test_what_does_more_than_change_attributes_is_not_kept(page: Browser, name: str) -> None:
    await twice(page, name)
    assert CALLS == [name, name]


async def test_a_deleted_attribute_is_deleted_again(page: Browser) -> None:
    await twice(page, "forget")
    assert CALLS == ["forget"]
    assert "_seen" not in vars(view())


async def test_attributes_that_are_no_data_let_the_handler_run(page: Browser) -> None:
    await page.event("open")
    await twice(page, "search", value="ab")
    assert CALLS == ["ab", "ab"]


async def test_a_component_has_answers_of_its_own(page: Browser) -> None:
    box = components_of(view())["box"]
    for ref in (1, 2):
        box.size = 1
        page.send(["event", ref, 0, "grow", {"by": 2}, "box"])
        await page.next(lambda frame, ref=ref: frame[:2] == ["reply", ref])
        assert box.size == 3
    assert CALLS == ["grow"]


async def test_a_page_keeps_few_answers(page: Browser) -> None:
    for number in range(40):
        await page.event("search", value=str(number))
        await page.event("back")
    assert len(view()._mounted().answers) == 32


def test_background_work_cannot_be_cached() -> None:
    with pytest.raises(DefinitionError, match="background"):

        class Wrong(LiveView):
            @cache()
            @background
            @event_handler
            def work(self) -> None: ...


def test_key_params_are_parameters() -> None:
    with pytest.raises(DefinitionError, match="key_params names other"):

        class Wrong(LiveView):
            @cache(key_params=["other"])
            @event_handler
            def work(self) -> None: ...


def test_a_cache_needs_time_and_a_list_of_names() -> None:
    with pytest.raises(ValueError, match="ttl"):
        cache(ttl=0)
    with pytest.raises(ValueError, match="list of names"):
        cache(key_params="value")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        ("1", 1),
        ([1], (1,)),
        ([[1]], [1]),
        ({1}, frozenset({1})),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ("a", b"a"),
        (["l", 1], [1]),
    ],
)
def test_values_that_differ_have_other_digests(one: Any, other: Any) -> None:
    assert Digester().digest(one)[0] != Digester().digest(other)[0]
    assert Digester().digest(one)[0] == Digester().digest(one)[0]


def test_a_model_instance_is_its_fields() -> None:
    one, same, other = Group(pk=1, name="a"), Group(pk=1, name="a"), Group(pk=1, name="b")
    assert one == other
    assert Digester().digest(one)[0] != Digester().digest(other)[0]
    assert Digester().digest(one)[0] == Digester().digest(same)[0]


def test_shared_lists_and_equal_lists_have_other_digests() -> None:
    row = [1]
    assert Digester().digest([row, row])[0] != Digester().digest([[1], [1]])[0]


@pytest.mark.parametrize("value", [object(), 1 << 70, "\ud800"])
def test_what_is_no_data_has_no_digest(value: Any) -> None:
    with pytest.raises(Opaque):
        Digester().digest([value])
