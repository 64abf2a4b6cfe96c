from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import AsyncClient, Client, override_settings
from django.urls import include, path
from djust_live import LiveView, event_handler


class Inner(LiveView):
    template = "<i>inner</i>"


class Shown(LiveView):
    template = f"""{{% load djust %}}<html><head></head><body><p>{{{{ count }}}}</p>
    {{% live_render "{__name__}.Inner" %}}</body></html>"""

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.count = 41
        self.name = "<b>"
        self.odd = object()
        self.subscribe("news")

    @event_handler
    def more(self) -> None:
        self.count += 1


urlpatterns: list[Any] = [
    path("shown/", Shown.as_view()),
    path("plain/", lambda request: HttpResponse("<html><body>x</body></html>")),
]


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    with override_settings(
        ROOT_URLCONF=__name__,
        DEBUG=True,
        INSTALLED_APPS=[*settings.INSTALLED_APPS, "debug_toolbar"],
        MIDDLEWARE=["debug_toolbar.middleware.DebugToolbarMiddleware", *settings.MIDDLEWARE],
        DEBUG_TOOLBAR_PANELS=["djust_live.debug_toolbar.LivePanel"],
        DEBUG_TOOLBAR_CONFIG={
            "SHOW_TOOLBAR_CALLBACK": lambda request: True,
            "RENDER_PANELS": True,
            "IS_RUNNING_TESTS": False,
        },
    ):
        # Its models want their app to be installed.
        urlpatterns.append(path("__debug__/", include("debug_toolbar.urls")))
        yield
        urlpatterns.pop()


def expect_all(html: str) -> None:
    for text in ("Shown", "Inner", "41", "more", "view:news", "odd", "&#x27;&lt;b&gt;&#x27;"):
        assert text in html, text


@pytest.mark.django_db
def test_it_shows_the_views_of_a_page() -> None:
    expect_all(Client().get("/shown/").content.decode())


@pytest.mark.django_db(transaction=True)
async def test_it_shows_them_under_asgi() -> None:
    expect_all((await AsyncClient().get("/shown/")).content.decode())


@pytest.mark.django_db
def test_a_page_without_a_live_view_says_so() -> None:
    html = Client().get("/plain/").content.decode()
    assert "This page has no live view." in html
    assert "Live view" in html
