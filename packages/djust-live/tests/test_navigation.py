from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import LiveView, event_handler
from djust_live.joining import sessions
from live_project.browser import Browser


class Search(LiveView):
    template = "<p>{{ q }}|{{ page }}|{{ seen }}</p><i>{{ request.GET.urlencode }}</i>"
    url_state = {"q": str, "page": int}  # noqa: RUF012 - as users write it

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.q = ""
        self.page = 1
        self.seen = ""

    def handle_params(self, params: Any, uri: str) -> None:
        self.seen = f"{uri} {params}"

    @event_handler
    def turn_page(self) -> None:
        self.page += 1

    @event_handler
    def go(self, where: str = "") -> None:
        self.live_patch(where or None, params={"q": "new", "gone": None})


class Item(LiveView):
    template = "<p>{{ number }}</p>"

    def mount(self, request: Any, number: int) -> None:
        self.number = number

    async def handle_params(self, params: Any, uri: str) -> None:
        self.number = self.kwargs["number"]


urlpatterns = [
    path("search/", Search.as_view()),
    path("item/<int:number>/", Item.as_view()),
]


@pytest.fixture(autouse=True)
def _urls() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def view() -> Any:
    return next(iter(sessions)).view


async def test_the_query_string_sets_attributes_at_the_mount(browser: Browser) -> None:
    await browser.load("/search/?q=a&page=3&other=1")
    assert "<p>a|3|http://testserver/search/?q=a&amp;page=3&amp;other=1 " in browser.html


async def test_a_parameter_of_a_wrong_type_is_as_if_absent(browser: Browser) -> None:
    await browser.load("/search/?page=x")
    assert "<p>|1|" in browser.html


async def test_the_browsers_own_move_calls_handle_params(browser: Browser) -> None:
    await browser.load("/search/?q=a")
    await browser.join()
    await browser.event("dj-patch", uri="/search/?page=2")
    assert (view().q, view().page) == ("", 2)
    assert view().seen == "http://testserver/search/?page=2 {'page': '2'}"


async def test_an_attribute_that_changes_changes_the_url(browser: Browser) -> None:
    await browser.load("/search/?q=a&other=1")
    await browser.join()
    reply = await browser.event("turn_page")
    assert reply[4] == {"url": ["/search/?q=a&other=1&page=2", True]}


async def test_a_patch_from_the_server_moves_the_page(browser: Browser) -> None:
    await browser.load("/search/")
    await browser.join()
    reply = await browser.event("go")
    assert reply[4] == {"url": ["/search/?q=new", False]}
    assert view().seen == "http://testserver/search/?q=new {'q': 'new'}"


async def test_a_patch_to_another_view_is_an_error(browser: Browser) -> None:
    await browser.load("/search/")
    await browser.join()
    for where in ("/item/1/", "//evil.example/search/", "/nowhere/"):
        assert (await browser.event("go", where=where))[4]["error"]["code"] == "DJL202"


async def test_another_path_of_the_same_view_keeps_the_view(browser: Browser) -> None:
    await browser.load("/item/1/")
    await browser.join()
    assert (await browser.event("dj-patch", uri="/item/2/"))[3] == [[1, 2, "2"]]


async def test_a_move_to_another_view_loads_its_page(browser: Browser) -> None:
    await browser.load("/item/1/")
    await browser.join()
    reply = await browser.event("dj-patch", uri="/search/")
    assert reply[4] == {"url_leave": ["/search/"]}


@pytest.mark.parametrize(
    "uri", ["//evil.example/", "/\\evil.example", "http://x/", "", None, 3, []]
)
async def test_a_move_to_what_is_no_path_is_refused(browser: Browser, uri: Any) -> None:
    await browser.load("/item/1/")
    await browser.join()
    assert (await browser.event("dj-patch", uri=uri))[4]["error"]["code"] == "DJL202"
