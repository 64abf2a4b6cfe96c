"""The client that speaks to a real server: what it loads, sends, applies and refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.http import HttpRequest
from djust_live import LiveView
from djust_live.decorators import event_handler
from djust_testing import LiveWireClient
from djust_testing.wire_client import EventRefused
from served import serve


class Counter(LiveView):
    """The smallest view; says where the visitor comes from."""

    template = "<p>{{ count }}</p><i>{{ who }}</i>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.count = 0
        self.who = request.COOKIES.get("who", "nobody")

    @event_handler
    def add(self, step: int = 1) -> dict[str, int]:
        self.count += step
        self.push_event("added", {"step": step})
        return {"count": self.count}

    @event_handler
    def fail(self) -> None:
        self.count = 99
        raise RuntimeError("no")


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with serve(counter=Counter) as origin:
        yield origin


async def test_an_event_changes_the_page_and_returns_what_the_handler_did(origin: str) -> None:
    async with LiveWireClient(f"{origin}/counter/") as page:
        assert "<p>0</p>" in page.html
        assert await page.event("add", {"step": 3}) == {"count": 3}
        assert await page.event("add") == {"count": 4}
        assert "<p>4</p>" in page.html
        assert "<p>0</p>" in page.first_html


async def test_every_frame_is_kept_for_who_looks(origin: str) -> None:
    async with LiveWireClient(f"{origin}/counter/") as page:
        await page.event("add")
    assert any('"added"' in frame for frame in page.frames)


async def test_an_error_has_its_code_and_leaves_the_page_as_it_was(origin: str) -> None:
    async with LiveWireClient(f"{origin}/counter/") as page:
        with pytest.raises(EventRefused) as caught:
            await page.event("fail")
        assert caught.value.code == "DJL203"
        with pytest.raises(EventRefused, match="DJL201"):
            await page.event("nobody")
        assert "<p>0</p>" in page.html
        assert await page.event("add") == {"count": 1}


async def test_a_dropped_page_comes_back_to_its_view(origin: str) -> None:
    async with LiveWireClient(f"{origin}/counter/") as page:
        await page.event("add", {"step": 5})
        await page.drop()
        with pytest.raises(RuntimeError, match="not attached"):
            await page.event("add")
        page.ref -= 1  # it never left
        await page.attach()
        assert await page.event("add") == {"count": 6}
        assert "<p>6</p>" in page.html


async def test_cookies_go_with_page_and_socket(origin: str) -> None:
    async with LiveWireClient(f"{origin}/counter/", cookies={"who": "Ann"}) as page:
        assert "<i>Ann</i>" in page.html
        assert await page.event("add") == {"count": 1}


async def test_a_page_must_be_loaded_before_it_attaches(origin: str) -> None:
    page = LiveWireClient(f"{origin}/counter/")
    assert page.html == ""
    with pytest.raises(RuntimeError, match="Load the page first"):
        await page.attach()


async def test_a_page_that_is_not_there_is_an_error_of_http(origin: str) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        await LiveWireClient(f"{origin}/nowhere/").load()
