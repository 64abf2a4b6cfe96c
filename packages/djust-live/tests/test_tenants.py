from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.urls import path
from djust_live import LiveView, event_handler, publish
from djust_live.adoption import waiting_room
from djust_live.extensions import Extension
from djust_live.joining import sessions
from djust_live.messages import End
from djust_live.tenants import TenantMixin, activated, current_tenant, resolve, tenant_key
from live_project.browser import Browser, end, until


class Shout(Extension):
    """Stands for presence: it joins a topic and tells everybody there."""

    namespace = "shout"

    async def on_mount(self) -> None:
        self.port.join("room")

    async def on_message(self, verb: str, data: Any) -> None:
        self.port.broadcast("room", "heard", data)

    async def on_info(self, verb: str, data: Any) -> None:
        self.port.send("heard", [data, self.port.tenant])


class Board(TenantMixin, LiveView):
    template = "<p>{{ tenant }}|{{ active }}|{{ heard }}</p>"
    extensions = (Shout,)
    mounts = 0

    def mount(self, request: Any, **kwargs: Any) -> None:
        type(self).mounts += 1
        self.active = current_tenant()
        self.heard = ""
        self.subscribe("tasks")

    def handle_info(self, message: Any) -> None:
        self.heard = message

    @event_handler
    def tell(self, text: str) -> None:
        self.broadcast("tasks", text)

    @event_handler
    def look(self) -> dict[str, Any]:
        return {"active": current_tenant()}

    @event_handler
    async def look_async(self) -> dict[str, Any]:
        return {"active": current_tenant()}


class Late(LiveView, TenantMixin):
    """Its bases stand the other way round."""

    template = "<p>{{ tenant }}</p>"


class Maybe(Board):
    tenant_required = False


class Private(Board):
    login_required = True


class ByModel(Board):
    template = "<p>{{ tenant.name }}</p>"

    def resolve_tenant(self, request: HttpRequest) -> Any:
        return Group.objects.filter(name=request.headers.get("X-Tenant", "")).first()


class Global(LiveView):
    template = "<p>{{ heard }}</p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.heard = ""
        self.subscribe("tasks")
        self.subscribe("tenant:acme:view:tasks")

    def handle_info(self, message: Any) -> None:
        self.heard = message


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{getattr(request, 'tenant', '-')}|{current_tenant()}")


def by_query(request: HttpRequest) -> Any:
    return request.GET.get("tenant")


class ByQuery:
    def __call__(self, request: HttpRequest) -> Any:
        return by_query(request)


urlpatterns = [
    path("board/", Board.as_view()),
    path("late/", Late.as_view()),
    path("maybe/", Maybe.as_view()),
    path("private/", Private.as_view()),
    path("model/", ByModel.as_view()),
    path("global/", Global.as_view()),
    path("plain/", plain),
    path("<slug:team>/board/", Board.as_view()),
]


@pytest.fixture(autouse=True)
def _project() -> Any:
    with override_settings(ROOT_URLCONF=__name__, DJUST={"TENANT_RESOLVER": "header:X-Tenant"}):
        yield


class Proxied(AsyncClient):
    """Sends the same headers with every request."""

    def __init__(self, always: dict[str, str]) -> None:
        super().__init__()
        self._always = always

    async def get(self, path: str, **kwargs: Any) -> Any:
        return await super().get(path, headers=self._always, **kwargs)


class Guest(Browser):
    """A browser behind a proxy that says whose site it is."""

    def __init__(self, tenant: str) -> None:
        super().__init__()
        self.headers = [(b"x-tenant", tenant.encode())] if tenant else []
        self.client = Proxied({"X-Tenant": tenant} if tenant else {})

    async def visit(self, path: str) -> None:
        await self.load(path, self.client)
        assert (await self.join())[0] == "ready"


@pytest.fixture
async def guests() -> Any:
    made: list[Guest] = []

    def make(tenant: str) -> Guest:
        made.append(Guest(tenant))
        return made[-1]

    yield make
    for guest in made:
        await guest.drop()
    for session in sessions:
        await end(session)
    await asyncio.gather(
        *[task for task in asyncio.all_tasks() if "LiveSession" in repr(task.get_coro())]
    )


async def stays_silent(guest: Guest, kind: str) -> None:
    """An event comes after all that was on its way before it."""
    await guest.event("look")
    assert not [frame for frame in guest.frames if frame[0] == kind]


# The page of a tenant


async def test_the_tenant_is_there_in_mount_template_and_every_turn(guests: Any) -> None:
    guest = guests("acme")
    await guest.visit("/board/")
    assert "<p>acme|acme|</p>" in guest.html
    assert current_tenant() is None
    for name in ("look", "look_async"):
        assert (await guest.event(name))[4]["reply"] == {"active": "acme"}


@pytest.mark.parametrize("page", ["/board/", "/late/"])
async def test_without_a_tenant_there_is_no_page(page: str) -> None:
    assert (await AsyncClient().get(page)).status_code == 404
    assert len(waiting_room) == 0


async def test_the_order_of_bases_does_not_matter(guests: Any) -> None:
    guest = guests("acme")
    await guest.visit("/late/")
    assert "<p>acme</p>" in guest.html


async def test_a_view_may_do_without_a_tenant(guests: Any) -> None:
    guest = guests("")
    await guest.visit("/maybe/")
    assert "<p>None|None|</p>" in guest.html


async def test_the_login_is_asked_before_the_tenant() -> None:
    response = await AsyncClient().get("/private/")
    assert (response.status_code, response["Location"]) == (302, "/login/?next=/private/")


@pytest.mark.django_db(transaction=True)
async def test_a_tenant_may_be_a_model(guests: Any) -> None:
    group = await Group.objects.acreate(name="acme")
    guest = guests("acme")
    await guest.visit("/model/")
    assert "<p>acme</p>" in guest.html
    session = next(iter(sessions))
    assert session.runtime.tenant_key == tenant_key(group) == f"auth.group:{group.pk}"


# Trying to cross


async def test_a_topic_reaches_the_same_tenant_only(guests: Any) -> None:
    acme, same, other, none = guests("acme"), guests("acme"), guests("umbra"), guests("")
    for guest in (acme, same, other):
        await guest.visit("/board/")
    await none.visit("/global/")
    await acme.event("tell", text="secret")
    assert "secret" in str(await same.next(lambda frame: frame[0] == "push"))
    await stays_silent(other, "push")
    assert not [frame for frame in none.frames if frame[0] == "push"]


async def test_a_tenant_with_a_crafted_name_reaches_nobody_else(guests: Any) -> None:
    victim, attacker = guests("acme"), guests("acme:view")
    await victim.visit("/board/")
    await attacker.visit("/board/")
    await attacker.event("tell", text="forged")
    await stays_silent(victim, "push")


async def test_topics_of_extensions_are_separate(guests: Any) -> None:
    acme, same, other = guests("acme"), guests("acme"), guests("umbra")
    for guest in (acme, same, other):
        await guest.visit("/board/")
    acme.send(["shout:say", "secret"])
    heard = ["shout:heard", ["secret", "acme"]]
    assert await same.next(lambda frame: frame[0] == "shout:heard") == heard
    await stays_silent(other, "shout:heard")


async def test_what_a_project_publishes_goes_to_the_current_tenant(guests: Any) -> None:
    acme, other = guests("acme"), guests("umbra")
    await acme.visit("/board/")
    await other.visit("/board/")
    publish("tasks", "to nobody's tenant")
    publish("tasks", "by name", tenant="umbra")
    assert "by name" in str(await other.next(lambda frame: frame[0] == "push"))
    with activated("acme"):
        publish("tasks", "by context")
    assert "by context" in str(await acme.next(lambda frame: frame[0] == "push"))


async def test_a_waiting_view_is_not_adopted_by_another_tenant(guests: Any) -> None:
    guest = guests("acme")
    await guest.load("/board/", guest.client)
    guest.headers = [(b"x-tenant", b"umbra")]
    assert await guest.join() == ["reload", "DJL309"]
    assert len(waiting_room) == len(sessions) == 0


@pytest.mark.parametrize("tenant", ["umbra", ""])
async def test_a_token_of_one_tenant_mounts_nothing_at_another(guests: Any, tenant: str) -> None:
    guest = guests("acme")
    await guest.load("/board/", guest.client)
    waiting_room.clear()
    mounts = Board.mounts
    guest.headers = [(b"x-tenant", tenant.encode())] if tenant else []
    assert (await guest.join())[0] == "reload"
    assert Board.mounts == mounts


@pytest.mark.parametrize("tenant", ["umbra", ""])
async def test_a_page_does_not_resume_at_another_tenant(guests: Any, tenant: str) -> None:
    guest = guests("acme")
    await guest.visit("/board/")
    await guest.drop()
    guest.headers = [(b"x-tenant", tenant.encode())] if tenant else []
    guest.frames.clear()
    assert (await guest.join())[0] == "reload"
    await until(lambda: len(sessions) == 0)


async def test_saved_state_is_not_restored_at_another_tenant(guests: Any) -> None:
    guest = guests("acme")
    await guest.visit("/board/")
    await guest.drop()
    for session in sessions:
        session.post(End("expired"))
        await session.finished()
    guest.headers = [(b"x-tenant", b"umbra")]
    guest.frames.clear()
    assert await guest.join() == ["reload", "DJL309"]


async def test_the_host_of_the_socket_must_be_the_pages(guests: Any) -> None:
    with override_settings(
        DJUST={"TENANT_RESOLVER": "subdomain:example.com"},
        ALLOWED_HOSTS=[".example.com"],
        USE_X_FORWARDED_HOST=True,
    ):
        guest = guests("")
        guest.client = Proxied({"X-Forwarded-Host": "acme.example.com"})
        await guest.load("/board/", guest.client)
        assert "<p>acme|" in guest.html
        guest.host, guest.origin = b"umbra.example.com", "http://umbra.example.com"
        assert await guest.join() == ["reload", "DJL309"]


async def test_the_path_of_a_page_is_signed(guests: Any) -> None:
    with override_settings(DJUST={"TENANT_RESOLVER": "path"}):
        guest = guests("")
        await guest.visit("/acme/board/")
        assert "<p>acme|acme|</p>" in guest.html
        reply = await guest.event("dj-patch", uri="/umbra/board/")
        assert reply[3:] == [[], {"url_leave": ["/umbra/board/", "", True]}]


# Resolvers


def request_with(host: str = "testserver", path: str = "/", **extra: Any) -> HttpRequest:
    return RequestFactory().get(path, headers={"host": host}, **extra)


@pytest.mark.parametrize(
    ("setting", "host", "expected"),
    [
        ("subdomain", "acme.example.com", "acme"),
        ("subdomain", "ACME.example.com:8000", "acme"),
        ("subdomain", "www.example.com", None),
        ("subdomain", "example.com", None),
        ("subdomain", "acme.localhost", "acme"),
        ("subdomain", "localhost", None),
        ("subdomain", "127.0.0.1:8000", None),
        ("subdomain", "[::1]:8000", None),
        ("subdomain:example.com", "acme.example.com", "acme"),
        ("subdomain:example.com", "acme.evil.com", None),
        ("subdomain:example.com", "a.b.example.com", None),
        ("subdomain:example.com", "example.com", None),
    ],
)
def test_subdomains(setting: str, host: str, expected: str | None) -> None:
    with override_settings(DJUST={"TENANT_RESOLVER": setting}, ALLOWED_HOSTS=["*"]):
        assert resolve(request_with(host)) == expected


def test_paths_headers_and_sessions() -> None:
    def found(setting: Any, request: HttpRequest) -> Any:
        with override_settings(DJUST={"TENANT_RESOLVER": setting}):
            return resolve(request)

    assert found("path", request_with(path="/acme/tasks/")) == "acme"
    assert found("path:2", request_with(path="/t/acme/")) == "acme"
    assert found("path:2", request_with(path="/t/")) is None
    assert found("header", request_with(HTTP_X_TENANT="acme")) == "acme"
    assert found("header:X-Team", request_with(HTTP_X_TENANT="acme")) is None
    request = request_with()
    assert found("session", request) is None
    request.session = SessionStore()
    request.session["team"] = 7
    assert found("session:team", request) == "7"
    assert found(["header", "path"], request_with(path="/umbra/", HTTP_X_TENANT="acme")) == "acme"
    assert found(["header", "path"], request_with(path="/umbra/")) == "umbra"
    assert found(f"{__name__}.by_query", request_with(path="/?tenant=acme")) == "acme"
    assert found(f"{__name__}.ByQuery", request_with(path="/?tenant=acme")) == "acme"
    assert found("", request_with(path="/acme/")) is None


@pytest.mark.parametrize("setting", ["nothing", "path:x"])
def test_a_wrong_resolver_is_named(setting: str) -> None:
    with (
        override_settings(DJUST={"TENANT_RESOLVER": setting}),
        pytest.raises(ImproperlyConfigured, match=setting),
    ):
        resolve(request_with())


# The middleware

MIDDLEWARE = [*settings.MIDDLEWARE, "djust_live.tenants.TenantMiddleware"]


@override_settings(MIDDLEWARE=MIDDLEWARE)
def test_the_middleware_gives_every_request_its_tenant() -> None:
    client = Client()
    assert client.get("/plain/", headers={"X-Tenant": "acme"}).content == b"acme|acme"
    assert current_tenant() is None
    assert client.get("/plain/").content == b"None|None"


@override_settings(MIDDLEWARE=MIDDLEWARE)
async def test_the_middleware_works_under_asgi() -> None:
    client = Proxied({"X-Tenant": "acme"})
    assert (await client.get("/plain/")).content == b"acme|acme"
    assert (await AsyncClient().get("/plain/")).content == b"None|None"
