from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import LiveView, event_handler
from djust_live.adoption import waiting_room
from djust_live.joining import sessions
from djust_vdom import Document
from live_project.browser import Browser, end


class Search(LiveView):
    template = "<p>{{ q }}|{{ page }}|{{ seen }}</p><i>{{ request.GET.urlencode }}</i>"
    url_state = {"q": str, "page": int}  # noqa: RUF012 - as users write it

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.q = ""
        self.page = 1
        self.seen = ""

    def handle_params(self, params: Any, uri: str) -> None:
        if self.q == "fail":
            raise ValueError("on purpose")
        self.seen = f"{uri} {params}"

    @event_handler
    def turn_page(self) -> None:
        self.page += 1

    @event_handler
    def go(self, where: str = "") -> None:
        self.live_patch(where or None, params={"q": "new", "gone": None})

    @event_handler
    def go_and_fail(self) -> None:
        self.live_patch(params={"q": "new"})
        raise ValueError("on purpose")

    @event_handler
    def go_and_turn(self) -> None:
        self.live_patch("?q=new#end")
        self.page = 4

    @event_handler
    def leave_and_fail(self) -> None:
        self.live_redirect("/item/1/")
        raise ValueError("on purpose")

    @event_handler
    def replace(self) -> None:
        self.live_redirect("/item/1/", replace=True)


class Sieve(LiveView):
    template = "<p>{{ tags }} {{ marks }} {{ limit }} {{ day }}</p>"
    url_state = {  # noqa: RUF012 - as users write it
        "tags": list[str],
        "marks": set[int],
        "limit": int | None,
        "day": datetime.date | None,
        "only": bool,
    }

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.tags: list[str] = ["a"]
        self.marks: set[int] = set()
        self.limit: int | None = 10
        self.day: datetime.date | None = None
        self.only = True

    @event_handler
    def narrow(self) -> None:
        self.tags.append("b c")
        self.marks |= {3, 1}
        self.day = datetime.date(2026, 1, 2)
        self.only = False

    @event_handler
    def widen(self) -> None:
        self.tags = []
        self.limit = None


class Limited(LiveView):
    template = "<p>{% if page == 3 %}{% include broken %}{% endif %}{{ page }}</p>"
    url_state = {"page": int}  # noqa: RUF012 - as users write it

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.page = 1

    def handle_params(self, params: Any, uri: str) -> None:
        self.page = min(self.page, 5)
        if "old" in params:
            self.live_patch("?page=2", replace="keep" not in params)

    @event_handler
    def go(self, where: str) -> None:
        self.live_patch(where)

    @event_handler
    def break_template(self) -> None:
        self.broken = 3
        self.page = 3


class Item(LiveView):
    template = "<p>{{ number }}</p><i>{{ request.resolver_match.kwargs.number }}</i>"

    def mount(self, request: Any, number: int) -> None:
        self.number = number

    async def handle_params(self, params: Any, uri: str) -> None:
        self.number = self.kwargs["number"]


class Restless(LiveView):
    template = "<p>{{ count }}</p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.count = 0

    def handle_params(self, params: Any, uri: str) -> Any:
        if "at" in params:
            self.count = int(params["at"])
            return self.live_patch(params={"at": self.count + 1})
        return None

    @event_handler
    def go(self) -> None:
        self.live_patch(params={"at": 1})

    @event_handler
    def step(self) -> None:
        self.count += 1


class AsyncRestless(Restless):
    async def handle_params(self, params: Any, uri: str) -> None:
        if "at" in params:
            self.count = int(params["at"])
            await self.live_patch(params={"at": self.count + 1})

    @event_handler
    async def go(self) -> None:
        await self.live_patch(params={"at": 1})


urlpatterns = [
    path("restless/", Restless.as_view()),
    path("async-restless/", AsyncRestless.as_view()),
    path("sieve/", Sieve.as_view()),
    path("search/", Search.as_view()),
    path("limited/", Limited.as_view()),
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


async def test_a_page_may_move_as_often_as_it_is_asked_to(browser: Browser) -> None:
    await browser.load("/search/?q=a")
    await browser.join()
    for _ in range(60):
        reply = await browser.event("go")
        assert reply[4]["url"] == ["/search/?q=new", False]


async def test_the_address_is_undone_with_the_attributes(browser: Browser) -> None:
    await browser.load("/search/?q=a")
    await browser.join()
    reply = await browser.event("go_and_fail")
    assert reply[4].keys() == {"error"}
    assert view().q == "a"
    assert view().request.GET.urlencode() == "q=a"
    assert (await browser.event("turn_page"))[4] == {"url": ["/search/?q=a&page=2", True]}


@pytest.mark.parametrize("url", ["/restless/", "/async-restless/"])
async def test_a_view_that_always_moves_on_is_stopped(browser: Browser, url: str) -> None:
    await browser.load(url)
    await browser.join()
    with override_settings(DEBUG=True):
        reply = await browser.event("go")
    assert reply[4]["error"]["code"] == "DJL311"
    assert "called live_patch more than 50 times" in reply[4]["error"]["message"]
    # All of it is undone.
    assert "url" not in reply[4]
    assert (view().count, view()._mounted().uri, view().request.GET.urlencode()) == (0, url, "")
    assert (await browser.event("step"))[3] == [[1, 2, "1"]]


async def test_lists_and_nothing_at_all_are_state_of_the_address(browser: Browser) -> None:
    async def shown_after(name: str) -> str:
        return str((await browser.event(name))[4]["url"][0])

    await browser.load("/sieve/")
    await browser.join()
    narrowed = await shown_after("narrow")
    assert narrowed == "/sieve/?tags=a&tags=b+c&marks=1&marks=3&day=2026-01-02&only=false"
    before = (view().tags, view().marks, view().limit, view().day, view().only)
    await browser.event("dj-patch", uri="/sieve/")
    assert (view().tags, view().marks, view().day, view().only) == (["a"], set(), None, True)
    await browser.event("dj-patch", uri=narrowed)
    assert (view().tags, view().marks, view().limit, view().day, view().only) == before
    await browser.event("dj-patch", uri="/sieve/")
    assert await shown_after("widen") == "/sieve/?tags=&limit="
    await browser.event("dj-patch", uri="/sieve/")
    await browser.event("dj-patch", uri="/sieve/?tags=&limit=")
    assert (view().tags, view().limit) == ([], None)


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


async def test_a_patch_may_be_relative_and_lead_to_a_place_on_the_page(browser: Browser) -> None:
    await browser.load("/limited/?page=2")
    await browser.join()
    assert (await browser.event("go", where="?page=4#end"))[4]["url"] == [
        "/limited/?page=4#end",
        False,
    ]
    assert view()._mounted().uri == "/limited/?page=4"
    assert (await browser.event("go", where="#top"))[4]["url"] == ["/limited/?page=4#top", False]
    assert (await browser.event("go", where="../limited/"))[4]["url"] == ["/limited/", False]
    assert view().page == 1


async def test_what_changes_after_a_patch_is_in_the_url_too(browser: Browser) -> None:
    await browser.load("/search/")
    await browser.join()
    reply = await browser.event("go_and_turn")
    assert reply[4]["url"] == ["/search/?q=new&page=4#end", False]
    assert view().request.GET.urlencode() == "q=new&page=4"


async def test_what_handle_params_corrects_is_corrected_in_the_url(browser: Browser) -> None:
    await browser.load("/limited/?page=99")
    assert "<p>5</p>" in browser.html
    ready = await browser.join()
    assert ready[3]["url"] == ["/limited/?page=5", True]
    assert (await browser.event("go", where="?page=7"))[4]["url"] == ["/limited/?page=5", False]
    assert (await browser.event("dj-patch", uri="/limited/?page=8"))[4]["url"] == [
        "/limited/?page=5",
        True,
    ]


async def test_a_patch_that_leads_on_leaves_one_entry(browser: Browser) -> None:
    await browser.load("/limited/?old=1&keep=1")
    ready = await browser.join()
    assert ready[3]["url"] == ["/limited/?page=2", True]
    assert (await browser.event("go", where="?old=1"))[4]["url"] == ["/limited/?page=2", False]


async def test_the_url_is_undone_when_the_template_fails(browser: Browser) -> None:
    await browser.load("/limited/?page=2")
    await browser.join()
    reply = await browser.event("break_template")
    assert reply[4].keys() == {"error"}
    assert (view().page, view()._mounted().uri) == (2, "/limited/?page=2")


async def test_a_handler_that_fails_leads_nowhere(browser: Browser) -> None:
    await browser.load("/search/")
    await browser.join()
    assert (await browser.event("leave_and_fail"))[4].keys() == {"error"}


async def test_leaving_may_replace_the_entry_of_the_history(browser: Browser) -> None:
    await browser.load("/search/")
    await browser.join()
    assert (await browser.event("replace"))[4] == {"url_leave": ["/item/1/", "", True]}


async def test_another_path_of_the_same_view_keeps_the_view(browser: Browser) -> None:
    await browser.load("/item/1/")
    await browser.join()
    reply = await browser.event("dj-patch", uri="/item/2/")
    assert sorted(reply[3]) == [[1, 2, "2"], [1, 4, "2"]]


def with_urls_of_its_own(get_response: Any) -> Any:
    def middleware(request: Any) -> Any:
        request.urlconf = __name__
        return get_response(request)

    return middleware


async def test_the_urls_of_the_request_count(browser: Browser) -> None:
    middleware = ["django.contrib.sessions.middleware.SessionMiddleware"]
    with override_settings(
        ROOT_URLCONF="live_project.urls",
        MIDDLEWARE=[*middleware, f"{__name__}.with_urls_of_its_own"],
    ):
        await browser.load("/item/1/")
        await browser.join()
        assert (await browser.event("dj-patch", uri="/item/2/"))[3] != []


async def test_a_move_to_another_view_loads_its_page(browser: Browser) -> None:
    await browser.load("/item/1/")
    await browser.join()
    reply = await browser.event("dj-patch", uri="/search/")
    assert reply[4] == {"url_leave": ["/search/", "", True]}


@pytest.mark.parametrize(
    "uri", ["//evil.example/", "/\\evil.example", "http://x/", "", None, 3, []]
)
async def test_a_move_to_what_is_no_path_is_refused(browser: Browser, uri: Any) -> None:
    await browser.load("/item/1/")
    await browser.join()
    assert (await browser.event("dj-patch", uri=uri))[4]["error"]["code"] == "DJL202"


async def anew(browser: Browser, uri: str, rev: int = 1, ref: int = 1) -> list[Any]:
    """Attach to a server that knows nothing any more; return its answer and what follows at once."""
    for session in sessions:
        await end(session)
    waiting_room.clear()
    await browser.drop()
    browser.frames.clear()
    browser.open()
    browser.send(["join", 1, browser.token, 1, 1, rev, ref, uri])
    ready = await browser.next(lambda frame: frame[0] in ("ready", "reload"))
    return [ready, await browser.next()]


@pytest.mark.parametrize("first", ["/item/1/", "/item/1/?a=b"])
async def test_a_page_that_is_mounted_anew_begins_at_its_address(
    browser: Browser, first: str
) -> None:
    await browser.load(first)
    await browser.join()
    await browser.event("dj-patch", uri="/item/2/")
    ready, html = await anew(browser, "/item/2/?c=d")
    assert html[2] == "<p>2</p><i>2</i>"
    assert ready[3] == {}
    assert view().request.GET.dict() == {"c": "d"}


async def test_state_in_the_address_is_there_before_anything_is_shown(browser: Browser) -> None:
    await browser.load("/search/?q=a")
    await browser.join()
    _, html = await anew(browser, "/search/?q=b&page=7")
    assert "<p>b|7|http://testserver/search/?q=b&amp;page=7 " in html[2]


async def test_an_address_of_another_view_is_left_for(browser: Browser) -> None:
    await browser.load("/item/1/")
    await browser.join()
    ready, html = await anew(browser, "/search/")
    assert ready[3] == {"url_leave": ["/search/", "", True]}
    assert html[2] == "<p>1</p><i>1</i>"


@pytest.mark.parametrize(
    ("uri", "code"), [("//evil.example/", "DJL202"), ("/search/?q=fail", "DJL203")]
)
async def test_an_address_that_cannot_be_leaves_the_first_one(
    browser: Browser, uri: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await browser.load("/search/?q=a")
    await browser.join()
    ready, html = await anew(browser, uri)
    assert "<p>a|1|" in html[2]
    assert (ready[0], (await browser.next())[:2]) == ("ready", ["error", code])


async def test_a_page_whose_view_is_there_needs_no_address(browser: Browser) -> None:
    await browser.load("/search/?q=a")
    await browser.drop()
    page = Document(browser.html)
    browser.open()
    counts = (page.node_count, page.structure_hash)
    browser.send(["join", 1, browser.token, *counts, 0, 0, "/search/?q=b"])
    await browser.next(lambda frame: frame[0] == "ready")
    assert view().q == "a"
