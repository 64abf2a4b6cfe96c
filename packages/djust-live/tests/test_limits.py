from __future__ import annotations

from typing import Any

from django.test import override_settings
from django.urls import path
from djust_live import LiveView, debounce, event_handler, permission_required, rate_limit, throttle
from djust_live.limits import RateLimiter
from live_project.browser import Browser


class Guarded(LiveView):
    template = "<p>{{ count }}</p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.count = 0

    @event_handler
    @rate_limit(rate=0.001, burst=2)
    def seldom(self) -> None:
        self.count += 1

    @permission_required("auth.add_user")
    @event_handler
    def secret(self) -> None:
        self.count += 100

    @debounce(wait=0.5, max_wait=2)
    @event_handler
    def search(self) -> None: ...

    @event_handler
    @throttle(interval=0.2, trailing=False)
    async def move(self) -> None: ...


urlpatterns = [path("guarded/", Guarded.as_view())]


@override_settings(ROOT_URLCONF=__name__)
async def test_calls_beyond_the_rate_are_refused_with_a_time(browser: Browser) -> None:
    await browser.load("/guarded/")
    await browser.join()
    await browser.event("seldom")
    await browser.event("seldom")
    reply = await browser.event("seldom")
    assert reply[4]["error"]["code"] == "DJL206"
    assert 900 < reply[4]["retry_after"] <= 1000
    assert (await browser.event("secret"))[0] == "reply"


@override_settings(ROOT_URLCONF=__name__)
async def test_a_permission_that_is_missing_refuses_the_event(browser: Browser) -> None:
    await browser.load("/guarded/")
    await browser.join()
    reply = await browser.event("secret")
    assert reply[3:] == [[], {"error": {"code": "DJL204", "text": ""}}]


@override_settings(ROOT_URLCONF=__name__)
async def test_the_client_learns_what_to_debounce_and_throttle(browser: Browser) -> None:
    await browser.load("/guarded/")
    ready = await browser.join()
    assert ready[3]["policies"] == {
        "search": {"debounce": [500, 2000]},
        "move": {"throttle": [200, True, False]},
    }


def test_a_bucket_fills_again() -> None:
    now = 0.0
    limiter = RateLimiter(clock=lambda: now)
    assert [limiter.wait_s("a", 2, 1), limiter.wait_s("a", 2, 1)] == [0.0, 0.5]
    assert limiter.wait_s("b", 2, 1) == 0.0
    now = 0.5
    assert limiter.wait_s("a", 2, 1) == 0.0
