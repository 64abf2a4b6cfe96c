"""Who is present: each kind of user, with the expected answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from conftest import OpenTab
from django.contrib.auth.models import Permission, User
from django.test import AsyncClient, override_settings
from django.urls import path
from djust_live import LiveView, event_handler
from djust_presence import PresenceMixin
from djust_presence.worker import worker

NEEDED = "add_user"
pytestmark = pytest.mark.django_db(transaction=True)


class Hall(PresenceMixin, LiveView):
    template = "<p>{{ online_count }}</p>"
    presence_key = "hall"
    permission_required = f"auth.{NEEDED}"

    def mount(self, request: Any) -> None:
        self.track_presence({"name": request.user.username})

    @event_handler()
    def rename(self, name: str) -> None:
        self.update_presence({"name": name})


urlpatterns = [path("hall/", Hall.as_view())]


@pytest.fixture(autouse=True)
def _site() -> Any:
    with override_settings(
        ROOT_URLCONF=__name__,
        LOGIN_URL="/login/",
        SESSION_ENGINE="django.contrib.sessions.backends.db",
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
    ):
        yield


async def visitor(*permissions: str) -> tuple[AsyncClient, User]:
    client, user = AsyncClient(), await User.objects.acreate_user("ann")
    for name in permissions:
        await user.user_permissions.aadd(await Permission.objects.aget(codename=name))
    await client.aforce_login(user)
    return client, user


def present() -> str:
    return str(worker.backend.list("0::0::hall"))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for the worker, which says nothing when it is done."""
    for _ in range(1_000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(present())


async def test_an_anonymous_visitor_is_led_to_the_login_and_not_present() -> None:
    response = await AsyncClient().get("/hall/")
    assert (response.status_code, response["Location"]) == (302, "/login/?next=/hall/")
    assert present() == "[]"


async def test_a_user_who_lacks_the_permission_is_refused_and_not_present() -> None:
    client, _ = await visitor()
    assert (await client.get("/hall/")).status_code == 403
    assert present() == "[]"


async def test_a_user_is_present(open_tab: OpenTab) -> None:
    client, _ = await visitor(NEEDED)
    tab = await open_tab("/hall/", client)
    await tab.shows("<p>1</p>")
    tab.event("rename", name="Countess")
    await until(lambda: "Countess" in present())


async def lose_permission(client: AsyncClient, user: User) -> None:
    await user.user_permissions.aclear()


async def lose_session(client: AsyncClient, user: User) -> None:
    await client.alogout()


Lose = Callable[[AsyncClient, User], Any]
ENDS = pytest.mark.parametrize("lose", [lose_permission, lose_session])


@ENDS
async def test_who_lost_the_right_is_present_no_more(open_tab: OpenTab, lose: Lose) -> None:
    client, user = await visitor(NEEDED)
    tab = await open_tab("/hall/", client)
    await tab.shows("<p>1</p>")
    await lose(client, user)
    tab.event("rename", name="Countess")
    await tab.until(lambda: any(frame[0] == "reload" for frame in tab.frames))
    assert "Countess" not in present()
    await until(lambda: present() == "[]")


@ENDS
async def test_who_lost_the_right_does_not_come_back(open_tab: OpenTab, lose: Lose) -> None:
    client, user = await visitor(NEEDED)
    tab = await open_tab("/hall/", client)
    await tab.shows("<p>1</p>")
    await tab.drop()
    await lose(client, user)
    await tab.reattach("reload")
    await until(lambda: present() == "[]")
