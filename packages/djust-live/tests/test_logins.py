from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.contrib.auth.models import Permission, User
from django.test import AsyncClient, override_settings
from django.urls import path
from djust_live.auth import disconnect_user
from djust_live.joining import sessions
from live_project.browser import Browser, until
from live_project.views import Counter, Private


class Restricted(PermissionRequiredMixin, Counter):
    permission_required = "auth.add_user"


class Own(Counter):
    login_required = True
    permission_required = ("auth.add_user",)


urlpatterns = [
    path("private/", Private.as_view()),
    path("restricted/", Restricted.as_view()),
    path("own/", Own.as_view()),
    path("counter/", Counter.as_view()),
]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _urls() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


async def logged_in(browser: Browser, path: str) -> tuple[AsyncClient, User]:
    client = AsyncClient()
    user = await User.objects.acreate_user("ann")
    await user.user_permissions.aadd(await Permission.objects.aget(codename="add_user"))
    await client.aforce_login(user)
    await browser.load(path, client)
    await browser.join()
    await browser.event("increment")
    return client, user


async def test_a_logout_reaches_open_views(browser: Browser) -> None:
    client, _ = await logged_in(browser, "/private/")
    await client.alogout()
    assert await browser.next() == ["reload", "DJL304"]
    await until(lambda: len(sessions) == 0)


async def test_events_after_a_logout_are_refused_before_the_page_is_told(browser: Browser) -> None:
    await logged_in(browser, "/private/")
    next(iter(sessions)).login.changed("session")
    reply = await browser.event("increment")
    assert reply[3:] == [[], {"error": {"code": "DJL304", "text": ""}}]


async def test_disconnecting_a_user_ends_their_views(browser: Browser) -> None:
    _, user = await logged_in(browser, "/private/")
    other = Browser()
    await other.load("/counter/")
    await other.join()
    disconnect_user(user)
    assert await browser.next() == ["reload", "DJL304"]
    assert (await other.event("increment"))[3] == [[1, 2, "1"]]
    await other.drop()


async def test_another_password_ends_open_views(browser: Browser) -> None:
    _, user = await logged_in(browser, "/private/")
    user.set_password("another")
    await user.asave()
    assert await browser.next() == ["reload", "DJL304"]


async def test_saving_a_user_otherwise_changes_nothing(browser: Browser) -> None:
    _, user = await logged_in(browser, "/private/")
    user.first_name = "Ann"
    await user.asave()
    assert (await browser.event("increment"))[3] == [[1, 2, "2"]]


@pytest.mark.parametrize("page", ["/restricted/", "/own/"])
async def test_a_permission_that_is_taken_away_ends_the_view(browser: Browser, page: str) -> None:
    _, user = await logged_in(browser, page)
    await user.user_permissions.aclear()
    assert await browser.next() == ["reload", "DJL307"]
    await until(lambda: len(sessions) == 0)


async def test_the_login_is_looked_at_again_after_a_while(browser: Browser) -> None:
    _, user = await logged_in(browser, "/private/")
    await User.objects.filter(pk=user.pk).aupdate(is_active=False)  # tells no signal
    session = next(iter(sessions))
    session.login.due_s = 0.0
    reply = await browser.event("increment")
    assert reply[4]["error"]["code"] == "DJL304"
    assert await browser.next() == ["reload", "DJL304"]
