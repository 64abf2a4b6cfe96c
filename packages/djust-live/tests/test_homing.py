from __future__ import annotations

import contextvars
import threading
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import path
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin
from djust_live import LiveView, event_handler
from djust_live.adoption import waiting_room
from djust_live.homing import run_in
from djust_live.joining import sessions
from djust_live.runtime import locale_context
from live_project.browser import Browser, until

BERLIN = "de Europe/Berlin"


def place() -> str:
    return f"{translation.get_language()} {timezone.get_current_timezone_name()}"


class InBerlin(MiddlewareMixin):
    def process_request(self, request: Any) -> None:
        timezone.activate("Europe/Berlin")
        translation.activate("de")


class Places(LiveView):
    template = "<p>{{ said }}</p><p>{{ here }}</p>"
    said = ""

    @property
    def here(self) -> str:
        return place()

    @event_handler
    def say(self) -> None:
        self.said = f"sync {place()}"

    @event_handler
    async def say_async(self) -> None:
        self.said = f"async {place()}"

    @event_handler
    def work(self) -> None:
        self.start_async(self.find)

    def find(self) -> str:
        return place()

    @event_handler
    def work_async(self) -> None:
        self.start_async(self.find_async)

    async def find_async(self) -> str:
        return place()

    def handle_async_result(self, name: str, result: Any = None, error: Any = None) -> None:
        self.said = f"{name} {result} {place()}"


urlpatterns = [path("places/", Places.as_view())]


@pytest.fixture(autouse=True)
def _urls() -> Any:
    with override_settings(
        ROOT_URLCONF=__name__, MIDDLEWARE=[*settings.MIDDLEWARE, f"{__name__}.InBerlin"]
    ):
        yield
    timezone.deactivate()
    translation.activate("en")


@pytest.mark.parametrize("is_adopted", [True, False], ids=["adopted", "mounted again"])
@pytest.mark.parametrize(
    ("handler", "said"),
    [
        ("say", f"sync {BERLIN}"),
        ("say_async", f"async {BERLIN}"),
        ("work", f"find {BERLIN} {BERLIN}"),
        ("work_async", f"find_async {BERLIN} {BERLIN}"),
    ],
)
@pytest.mark.django_db(transaction=True)
async def test_language_and_time_zone_of_the_page_hold_in_every_turn(
    browser: Browser, handler: str, said: str, is_adopted: bool
) -> None:
    html = await browser.load("/places/")
    assert f"<p>{BERLIN}</p>" in html
    if not is_adopted:
        waiting_room.clear()
    await browser.join()
    await browser.event(handler)
    [session] = sessions
    await until(lambda: session.view.said == said)


def test_a_context_is_at_home_where_it_is_entered() -> None:
    context = locale_context("de", "Europe/Berlin")
    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.append(run_in(context, place)))
    thread.start()
    thread.join()
    assert seen == [BERLIN]
    assert run_in(context, place) == BERLIN


def test_other_variables_stay_as_they_are() -> None:
    name: contextvars.ContextVar[str] = contextvars.ContextVar("name")
    context = contextvars.Context()
    context.run(name.set, "x")
    assert run_in(context, name.get) == "x"
