from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib import resources
from typing import Any

import httpx
import pytest
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import User
from django.core.asgi import get_asgi_application
from django.core.exceptions import DisallowedRedirect
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import AsyncClient, Client, override_settings
from django.urls import include, path, re_path, reverse
from djust_live import LiveView, event_handler
from djust_live.asgi import live_application
from djust_live.enclosure import LOCATION_HEADER
from djust_live.errors import DefinitionError, NavigationLoop
from djust_live.joining import sessions
from djust_live.routing import live_session
from djust_vdom import Document
from live_project.browser import Browser, until


def greet(view: Any, request: HttpRequest, **kwargs: Any) -> HttpResponse | None:
    view.greeting = "hello"
    return HttpResponseRedirect("/plain/") if "away" in request.GET else None


class Page(LiveView):
    template = "<p>{{ greeting }} {{ number }}</p>"

    def mount(self, request: Any, number: int = 0, **kwargs: Any) -> None:
        self.number = number

    @event_handler
    def go(self, where: str) -> None:
        self.put_flash("info", "carried")
        self.live_redirect(where)

    @event_handler
    def stay(self) -> None:
        self.number += 1

    @event_handler
    def away(self) -> None:
        self.live_redirect("https://elsewhere.example/")


class Other(LiveView):
    template = "<p>other</p>"
    greeting = ""


class Board(LiveView):
    """Shows what Django has to say."""

    template = "{% load djust %}{% djust_flash %}"

    def mount(self, request: Any, **kwargs: Any) -> None:
        if "hello" in request.GET:
            self.put_flash("info", "mounted")


class Guarded(LoginRequiredMixin, LiveView):
    template = "<p>never</p>"


class Sender(LiveView):
    """Shows no page of its own."""

    template = "<p>never</p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.put_flash("info", "sent on")
        self.live_redirect(request.GET["to"], params={"q": "a b", "none": None})


def plain(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse(" ".join(str(message) for message in messages.get_messages(request)))


def note(request: HttpRequest) -> HttpResponse:
    messages.info(request, "noted")
    return HttpResponse()


async def plain_async(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("async")


inner = ([path("<int:number>/", Page.as_view(), name="item")], "inner")

urlpatterns = [
    *live_session(
        "/shop/",
        [
            path("", Page.as_view(), name="shop"),
            path("sender/", Sender.as_view()),
            path("board/", Board.as_view()),
            path("guarded/", Guarded.as_view()),
            path("plain/", plain),
            re_path(r"^n(?P<number>[0-9]+)/$", Page.as_view(), name="numbered"),
            path("in/", include(inner, namespace="there")),
        ],
        name="shop",
        on_mount=greet,
    ),
    *live_session(
        "team/<slug:team>/",
        [
            path("", Page.as_view(), name="team"),
            path("plain/", plain),
            path("async/", plain_async),
            re_path(r"^r/$", Other.as_view(), name="team-r"),
        ],
        login_required=True,
    ),
    path("plain/", plain),
    path("note/", note),
    path("free/", Page.as_view()),
]


@pytest.fixture(autouse=True)
def _urls() -> Any:
    with override_settings(ROOT_URLCONF=__name__, LOGIN_URL="/plain/"):
        yield


def visit(path: str, live_session: str = "shop", client: Client | None = None) -> Any:
    return (client or Client()).get(path, headers={"X-Djust-Visit": live_session})


async def follow(browser: Browser, url: str, live_session: str = "shop") -> list[Any]:
    """Go to another page over the socket that is there."""
    client = AsyncClient(headers={"X-Djust-Visit": live_session})
    client.cookies.load(browser.cookies)
    await browser.load(url, client)
    browser.send(["leave"])
    page = Document(browser.html)
    browser.send(["join", 1, browser.token, page.node_count, page.structure_hash, 0, 0])
    return await browser.next(lambda frame: frame[0] in ("ready", "reload", "error"))


def test_all_kinds_of_routes_are_reached_and_reversed() -> None:
    assert reverse("shop") == "/shop/"
    assert reverse("numbered", kwargs={"number": 7}) == "/shop/n7/"
    assert reverse("there:item", kwargs={"number": 8}) == "/shop/in/8/"
    assert reverse("team", kwargs={"team": "red"}) == "/team/red/"
    assert reverse("team-r", kwargs={"team": "red"}) == "/team/red/r/"
    for url, number in [("/shop/", 0), ("/shop/n7/", 7), ("/shop/in/8/", 8)]:
        html = Client().get(url).content.decode()
        assert f"<p>hello {number}</p>" in html
        assert 'data-djust-session="shop"' in html


def test_a_route_is_in_one_live_session_only() -> None:
    routes = live_session("a/", [path("", Page.as_view())])
    with pytest.raises(DefinitionError, match="two live sessions"):
        live_session("b/", routes)


def test_a_page_outside_names_no_live_session() -> None:
    assert "data-djust-session" not in Client().get("/free/").content.decode()


def test_a_hook_of_the_live_session_may_answer() -> None:
    assert Client().get("/shop/?away").headers["Location"] == "/plain/"


@pytest.mark.django_db
def test_all_views_of_a_guarded_live_session_want_a_login() -> None:
    client = Client()
    for url in ("/team/red/", "/team/red/plain/", "/team/red/r/"):
        assert client.get(url).headers["Location"] == f"/plain/?next={url}"
    client.force_login(User.objects.create_user("ada"))
    for url in ("/team/red/", "/team/red/plain/", "/team/red/r/"):
        assert client.get(url).status_code == 200


@pytest.mark.django_db(transaction=True)
async def test_an_async_view_of_a_guarded_live_session_wants_a_login() -> None:
    client = AsyncClient()
    response = await client.get("/team/red/async/")
    assert response.headers["Location"] == "/plain/?next=/team/red/async/"
    await client.aforce_login(await User.objects.acreate(username="ada"))
    assert (await client.get("/team/red/async/")).content == b"async"


def test_a_visit_gets_pages_of_its_own_live_session_only() -> None:
    assert visit("/shop/").status_code == 200
    for url in ("/shop/plain/", "/team/red/", "/free/"):
        answer = visit(url)
        assert (answer.status_code, answer.content) == (409, b"")
    assert visit("/shop/", "team").status_code == 409


@pytest.mark.django_db
def test_a_visit_follows_a_redirect_inside_only() -> None:
    assert visit("/shop/sender/?to=/shop/n2/").headers["Location"] == "/shop/n2/?q=a+b"
    client = Client()
    answer = visit("/shop/sender/?to=/plain/", client=client)
    assert (answer.status_code, answer.headers[LOCATION_HEADER]) == (409, "/plain/?q=a+b")
    assert client.get(answer.headers[LOCATION_HEADER]).content == b"sent on"


@pytest.mark.django_db
def test_a_visit_is_not_sent_to_the_login_by_a_mixin() -> None:
    answer = visit("/shop/guarded/")
    assert answer.status_code == 409
    assert answer.headers[LOCATION_HEADER] == "/plain/?next=/shop/guarded/"


STORAGES = ["cookie.CookieStorage", "session.SessionStorage", "fallback.FallbackStorage"]


@contextlib.contextmanager
def stored_in(storage: str) -> Iterator[None]:
    with override_settings(MESSAGE_STORAGE=f"django.contrib.messages.storage.{storage}"):
        yield


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.django_db
def test_a_visit_leaves_messages_to_the_page_that_is_loaded(storage: str) -> None:
    with stored_in(storage):
        client = Client()
        client.get("/note/")
        assert visit("/shop/board/?hello=1", client=client).status_code == 409
        page = client.get("/shop/board/?hello=1").content.decode()
        assert (page.count("noted"), page.count("mounted")) == (1, 1)
        # Nothing was left behind, so the next visit is one.
        assert b"mounted" in visit("/shop/board/?hello=1", client=client).content
        assert client.get("/plain/").content == b""


@pytest.mark.django_db(transaction=True)
async def test_a_visit_makes_nothing_of_a_page_that_is_not_live() -> None:
    site = httpx.ASGITransport(app=live_application(get_asgi_application()))
    async with httpx.AsyncClient(transport=site, base_url="http://testserver") as client:
        await client.get("/note/")
        headers = {"X-Djust-Visit": "shop"}
        assert (await client.get("/plain/", headers=headers)).status_code == 409
        assert (await client.get("/team/red/", headers=headers)).status_code == 409
        assert (await client.get("/shop/", headers=headers)).status_code == 200
        assert (await client.get("/nowhere/", headers=headers)).status_code == 404
        assert (await client.get("/plain/")).text == "noted"


async def test_a_redirect_inside_uses_the_socket_that_is_there(browser: Browser) -> None:
    await browser.load("/shop/")
    await browser.join()
    first = next(iter(sessions))
    reply = await browser.event("go", where="in/5/")
    assert reply[4] == {"url_next": ["/shop/in/5/", False, [["info", "carried"]]]}
    assert (await follow(browser, "/shop/in/5/"))[0] == "ready"
    await until(lambda: first not in list(sessions))
    await browser.event("stay")
    assert next(iter(sessions)).view.number == 6


@pytest.mark.parametrize("where", ["/plain/", "/free/", "/team/red/", "/nowhere/", "/shop/plain/"])
async def test_a_redirect_out_is_a_page_load_that_keeps_messages(
    browser: Browser, where: str
) -> None:
    await browser.load("/shop/")
    await browser.join()
    reply = await browser.event("go", where=where)
    assert list(reply[4]) == ["url_leave"]
    url, cookie = reply[4]["url_leave"]
    assert url == where
    assert cookie.startswith("messages=")


async def test_a_redirect_that_a_drop_swallowed_is_sent_again(browser: Browser) -> None:
    await browser.load("/shop/")
    await browser.join()
    reply = await browser.event("go", where="/plain/")
    await browser.drop()
    browser.frames.clear()
    await browser.join()
    assert await browser.next() == reply
    # Who has seen the answer has seen the order, which is a part of it.
    await browser.drop()
    browser.frames.clear()
    await browser.join(ref=1)
    await browser.event("stay")
    assert [frame[0] for frame in browser.frames] == []


async def test_a_redirect_to_another_site_is_refused(browser: Browser) -> None:
    await browser.load("/shop/")
    await browser.join()
    with pytest.raises(DisallowedRedirect):
        next(iter(sessions)).view.live_redirect("//elsewhere.example/")
    assert "error" in (await browser.event("away"))[4]


async def test_the_browsers_move_to_another_view_stays_on_the_socket(browser: Browser) -> None:
    await browser.load("/shop/")
    await browser.join()
    reply = await browser.event("dj-patch", uri="/shop/sender/?to=/shop/")
    assert reply[4] == {"url_next": ["/shop/sender/?to=/shop/", True, []]}


@pytest.mark.django_db(transaction=True)
async def test_a_socket_takes_no_page_of_another_live_session(browser: Browser) -> None:
    client = AsyncClient()
    await client.aforce_login(await User.objects.acreate(username="ada"))
    await browser.load("/shop/", client)
    await browser.join()
    refused = await follow(browser, "/team/red/", "team/<slug:team>/")
    assert refused == ["reload", "DJL310"]


async def test_a_socket_without_live_session_takes_one_page(browser: Browser) -> None:
    await browser.load("/free/")
    await browser.join()
    browser.send(["leave"])
    await browser.load("/free/")
    browser.send(["join", 1, browser.token, 0, 0, 0, 0])
    assert await browser.next() == ["reload", "DJL310"]


async def test_a_page_that_was_left_sends_nothing_more(browser: Browser) -> None:
    await browser.load("/shop/")
    await browser.join()
    left = next(iter(sessions))
    browser.send(["event", 1, 0, "stay", {}])
    assert (await follow(browser, "/shop/n3/"))[0] == "ready"
    await until(lambda: left not in list(sessions))
    assert await browser.event("stay")
    kinds = [frame[0] for frame in browser.frames]
    assert kinds in ([], ["reply"]), kinds


def test_the_client_knows_the_code_of_a_loop() -> None:
    source = resources.files("djust_live") / "static/djust/src/lazy/navigation.js"
    assert f'LOOP = "{NavigationLoop.code}"' in source.read_text(encoding="utf-8")
