"""Who may do what: each kind of user at each entrance, with the expected answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required, permission_required
from django.contrib.auth.mixins import (
    LoginRequiredMixin,
    PermissionRequiredMixin,
    UserPassesTestMixin,
)
from django.contrib.auth.models import Permission, User
from django.test import AsyncClient, override_settings
from django.urls import path
from djust_live import LiveView, event_handler
from djust_live.extensions import Extension
from djust_live.joining import sessions
from live_project.browser import Browser, until

NEEDED = "auth.add_user"


class Box(Extension):
    """Stands for an upload or a presence: it takes messages and bytes of its own."""

    namespace = "box"

    async def on_message(self, verb: str, data: Any) -> None:
        self.port.send("took", data)

    async def on_binary(self, frame: bytes) -> None:
        self.port.send("took", len(frame))


class Page(LiveView):
    template = "<p>{{ count }}</p>"
    extensions = (Box,)

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.count = 0

    @event_handler
    def increment(self) -> None:
        self.count += 1


class Attribute(Page):
    permission_required = NEEDED


class Mixin(PermissionRequiredMixin, Page):
    permission_required = NEEDED


class Asked(UserPassesTestMixin, Page):
    def test_func(self) -> bool:
        return self.request.user.has_perm(NEEDED)

    def handle_no_permission(self) -> Any:
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()


class Check(Page):
    def check_permissions(self, request: Any) -> bool:
        return bool(request.user.has_perm(NEEDED))


class Object(LoginRequiredMixin, Page):
    def get_object(self) -> Any:
        return "a row"

    def has_object_permission(self, request: Any, obj: Any) -> bool:
        return bool(request.user.has_perm(NEEDED))


urlpatterns = [
    path("attribute/", Attribute.as_view()),
    path("mixin/", Mixin.as_view()),
    path("asked/", Asked.as_view()),
    path("check/", Check.as_view()),
    path("object/", Object.as_view()),
    path("decorated/", permission_required(NEEDED, raise_exception=True)(Page.as_view())),
    path("plain/", Page.as_view()),
    path("open/", login_not_required(Page.as_view())),
]

GATES = ["attribute", "mixin", "asked", "check", "object"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _urls() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


async def user_with(permission: bool = True) -> tuple[AsyncClient, User]:
    client = AsyncClient()
    user = await User.objects.acreate_user("ann")
    if permission:
        await user.user_permissions.aadd(await Permission.objects.aget(codename="add_user"))
    await client.aforce_login(user)
    return client, user


async def lose_permission(client: AsyncClient, user: User) -> None:
    await user.user_permissions.aclear()


async def lose_session(client: AsyncClient, user: User) -> None:
    await client.alogout()


Lose = Callable[[AsyncClient, User], Any]
ENDS = pytest.mark.parametrize(
    ("lose", "codes"),
    [(lose_permission, {"DJL307"}), (lose_session, {"DJL303", "DJL304"})],
)
GATE = pytest.mark.parametrize("gate", GATES)


# GET


@GATE
async def test_get_leads_an_anonymous_user_to_the_login(gate: str) -> None:
    response = await AsyncClient().get(f"/{gate}/")
    assert (response.status_code, response["Location"]) == (302, f"/login/?next=/{gate}/")


@pytest.mark.parametrize("gate", [*GATES, "decorated"])
async def test_get_refuses_a_user_who_lacks_the_permission(gate: str) -> None:
    client, _ = await user_with(permission=False)
    assert (await client.get(f"/{gate}/")).status_code == 403


@pytest.mark.parametrize("gate", [*GATES, "decorated"])
async def test_get_shows_the_page_to_a_user(gate: str) -> None:
    client, _ = await user_with()
    assert (await client.get(f"/{gate}/")).status_code == 200


@GATE
@pytest.mark.parametrize(("lose", "status"), [(lose_permission, 403), (lose_session, 302)])
async def test_get_refuses_who_lost_the_right(gate: str, lose: Lose, status: int) -> None:
    client, user = await user_with()
    await client.get(f"/{gate}/")
    await lose(client, user)
    assert (await client.get(f"/{gate}/")).status_code == status


# Mount: the page's first attach


@GATE
async def test_mount_takes_a_user(browser: Browser, gate: str) -> None:
    client, _ = await user_with()
    await browser.load(f"/{gate}/", client)
    assert (await browser.join())[0] == "ready"


@GATE
async def test_mount_refuses_a_page_in_an_anonymous_browser(browser: Browser, gate: str) -> None:
    client, _ = await user_with()
    await browser.load(f"/{gate}/", client)
    browser.cookies.clear()
    assert await browser.join() == ["reload", "DJL303"]


@GATE
async def test_mount_refuses_a_page_of_another_user(browser: Browser, gate: str) -> None:
    client, _ = await user_with()
    await browser.load(f"/{gate}/", client)
    other = AsyncClient()
    await other.aforce_login(await User.objects.acreate_user("bob"))
    browser.cookies = {name: morsel.value for name, morsel in other.cookies.items()}
    assert await browser.join() == ["reload", "DJL303"]


@GATE
@ENDS
async def test_mount_refuses_who_lost_the_right(
    browser: Browser, gate: str, lose: Lose, codes: set[str]
) -> None:
    client, user = await user_with()
    await browser.load(f"/{gate}/", client)
    await lose(client, user)
    browser.open()
    browser.send(["join", 1, browser.token, 0, 0, 0, 0])
    _, code = await browser.next(lambda frame: frame[0] == "reload")
    assert code in codes


# Events, and what extensions take


@GATE
async def test_events_of_a_user_are_handled(browser: Browser, gate: str) -> None:
    client, _ = await user_with()
    await browser.load(f"/{gate}/", client)
    await browser.join()
    assert (await browser.event("increment"))[3] == [[1, 2, "1"]]
    browser.send(["box:put", 7])
    assert await browser.next(lambda frame: frame[0] == "box:took") == ["box:took", 7]


@GATE
@ENDS
async def test_events_of_who_lost_the_right_end_the_view(
    browser: Browser, gate: str, lose: Lose, codes: set[str]
) -> None:
    client, user = await user_with()
    await browser.load(f"/{gate}/", client)
    await browser.join()
    await lose(client, user)
    browser.send(["event", 1, 0, "increment", {}])
    reload = await browser.next(lambda frame: frame[0] == "reload")
    assert reload[1] in codes
    await until(lambda: len(sessions) == 0)


@GATE
@pytest.mark.parametrize("frame", [["box:put", 7], b"\x03boxabc"])
async def test_extensions_take_nothing_of_who_logged_out(
    browser: Browser, gate: str, frame: Any
) -> None:
    client, _ = await user_with()
    await browser.load(f"/{gate}/", client)
    await browser.join()
    next(iter(sessions)).login.changed("session")
    browser.send(frame)
    assert (await browser.next(lambda frame: frame[0] == "error"))[1] == "DJL304"


# Resume: the browser comes back after a drop


@GATE
async def test_resume_takes_a_user(browser: Browser, gate: str) -> None:
    client, _ = await user_with()
    await browser.load(f"/{gate}/", client)
    await browser.join()
    await browser.event("increment")
    await browser.drop()
    assert (await browser.join(1, 1))[:3] == ["ready", 1, 1]


@GATE
async def test_resume_refuses_an_anonymous_browser(browser: Browser, gate: str) -> None:
    client, _ = await user_with()
    await browser.load(f"/{gate}/", client)
    await browser.join()
    await browser.drop()
    browser.cookies.clear()
    assert await browser.join() == ["reload", "DJL303"]


@GATE
@ENDS
async def test_resume_refuses_who_lost_the_right(
    browser: Browser, gate: str, lose: Lose, codes: set[str]
) -> None:
    client, user = await user_with()
    await browser.load(f"/{gate}/", client)
    await browser.join()
    await browser.drop()
    await lose(client, user)
    browser.frames.clear()
    reload = await browser.join()
    assert reload[0] == "reload"
    assert reload[1] in codes


# Django's own gate in front of all views


@pytest.fixture
def _all_need_a_login() -> Any:
    gate = "django.contrib.auth.middleware.LoginRequiredMiddleware"
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, gate]):
        yield


@pytest.mark.usefixtures("_all_need_a_login")
async def test_the_login_middleware_is_asked_when_a_page_is_mounted_again(
    browser: Browser,
) -> None:
    # Made before the middleware was switched on.
    with override_settings(MIDDLEWARE=settings.MIDDLEWARE[:-1]):
        await browser.load("/plain/")
        await browser.join()
    await browser.drop()
    assert await browser.join() == ["reload", "DJL307"]


@pytest.mark.usefixtures("_all_need_a_login")
async def test_the_login_middleware_lets_marked_views_and_users_pass(browser: Browser) -> None:
    assert (await AsyncClient().get("/plain/")).status_code == 302
    await browser.load("/open/")
    await browser.join()
    await browser.drop()
    assert (await browser.join())[0] == "ready"
