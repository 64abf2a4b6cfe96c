from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import LiveView, action, background, client_state, computed, event_handler
from live_project.browser import Browser

CALLS: list[str] = []


class Shop(LiveView):
    template = (
        "<p>{{ total }}</p><b>{{ save_state.error }}|{{ save_state.result }}|"
        "{{ slow_state.pending }}|{{ slow_state.result }}</b>"
    )

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.prices = [1, 2]
        self.other = 0
        self.filter = "all"

    @computed("prices")
    def total(self) -> int:
        """The sum."""
        CALLS.append("total")
        return sum(self.prices)

    @event_handler
    def add(self, price: int) -> None:
        self.prices.append(price)

    @event_handler
    def touch(self) -> None:
        self.other += 1

    @action
    @event_handler
    def save(self, fail: bool = False) -> dict[str, Any]:
        if fail:
            raise ValueError("no room")
        return {"id": 3}

    @event_handler
    @background
    @action()
    def slow(self) -> int:
        return 7

    @event_handler
    @client_state(keys=["filter", "other"])
    def choose(self, value: str) -> None:
        self.filter = value


urlpatterns = [path("shop/", Shop.as_view())]


@pytest.fixture(autouse=True)
def _urls() -> Any:
    CALLS.clear()
    with override_settings(ROOT_URLCONF=__name__):
        yield


async def joined(browser: Browser) -> Browser:
    await browser.load("/shop/")
    await browser.join()
    return browser


async def test_a_computed_value_is_worked_out_when_a_dependency_changed(browser: Browser) -> None:
    await joined(browser)
    assert CALLS == ["total"]
    await browser.event("touch")
    assert CALLS == ["total"]
    assert "13" in str((await browser.event("add", price=10))[3])
    assert CALLS == ["total", "total"]


def test_a_computed_value_cannot_be_set() -> None:
    with pytest.raises(AttributeError):
        Shop().total = 3  # type: ignore[misc]
    assert Shop.total.__doc__ == "The sum."


async def test_an_action_says_how_it_went(browser: Browser) -> None:
    await joined(browser)
    assert "no room|None" in str((await browser.event("save", fail=True))[3])
    assert "|{&#x27;id&#x27;: 3}|" in str((await browser.event("save"))[3]).replace("'", "&#x27;")


async def test_an_action_in_the_background_is_pending_first(browser: Browser) -> None:
    await joined(browser)
    assert "|True|" in str((await browser.event("slow"))[3])
    last = await browser.next(lambda frame: frame[0] == "push" and "7" in str(frame[2]))
    assert "|False|7" in str(last[2])


async def test_published_values_leave_when_they_changed(browser: Browser) -> None:
    await joined(browser)
    assert (await browser.event("choose", value="open"))[4] == {
        "state": {"filter": "open", "other": 0}
    }
    assert (await browser.event("choose", value="open"))[4:] == []
    await browser.event("touch")
    assert (await browser.event("choose", value="done"))[4] == {
        "state": {"filter": "done", "other": 1}
    }


def test_private_attributes_cannot_be_published() -> None:
    with pytest.raises(ValueError, match="public"):
        client_state(keys=["_secret"])
