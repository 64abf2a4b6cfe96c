"""Streams go on after SIGKILL, and on another worker, with Redis for what views hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.reliability.servers import RedisServer
from tests.browser.proxy import Proxy
from tests.browser.streaming.server import StreamingServer

READY = "body.dj-connected:not(.dj-disconnected)"
TOLD = "".join(f"{number} " for number in range(100_000))
STORY = "() => document.querySelector('[dj-stream=story]').textContent"


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[list[StreamingServer]]:
    """Two workers that share a Redis server."""
    with (
        RedisServer() as redis,
        StreamingServer(tmp_path, redis.url) as one,
        StreamingServer(tmp_path, redis.url) as other,
    ):
        yield [one, other]


@pytest.fixture
def proxy(workers: list[StreamingServer]) -> Iterator[Proxy]:
    """A load balancer: leads to the first worker, until the test says otherwise."""
    with Proxy(workers[0].port) as made:
        yield made


class Loss:
    """Ways to lose a worker in the middle."""

    @staticmethod
    def restarted(workers: list[StreamingServer], proxy: Proxy) -> None:
        """SIGKILL, and the same worker again."""
        workers[0].kill()
        workers[0].start()

    @staticmethod
    def replaced(workers: list[StreamingServer], proxy: Proxy) -> None:
        """SIGKILL, and the other worker takes over."""
        proxy.target_port = workers[1].port
        workers[0].kill()

    @staticmethod
    def moved(workers: list[StreamingServer], proxy: Proxy) -> None:
        """The connection is cut and the next one leads to the other worker; both live."""
        proxy.target_port = workers[1].port
        proxy.cut()


LOSSES = pytest.mark.parametrize("lose", [Loss.restarted, Loss.replaced, Loss.moved])


def opened(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(READY)).to_be_attached()
    page.evaluate("() => { globalThis.isSamePage = true }")


def expect_same_page(page: Page) -> None:
    expect(page.locator(READY)).to_be_attached()
    assert page.evaluate("() => globalThis.isSamePage"), "The page was loaded again."


@LOSSES
def test_rows_stay_and_others_come(
    page: Page, proxy: Proxy, workers: list[StreamingServer], lose: object
) -> None:
    opened(page, f"{proxy.url}chat/")
    rows = page.locator("li")
    page.evaluate("() => djust.pushEvent('add', { ids: [3], at: 0, limit: null })")
    expect(rows).to_have_text(["3 new 3", "1 one", "2 <two>"])
    assert callable(lose)
    lose(workers, proxy)
    page.evaluate("() => djust.pushEvent('add', { ids: [4], at: -1, limit: null })")
    expect(rows).to_have_text(["3 new 3", "1 one", "2 <two>", "4 new 4"])
    page.evaluate("() => djust.pushEvent('update', { number: 3 })")
    expect(rows).to_have_text(["3 updated", "1 one", "2 <two>", "4 new 4"])
    expect_same_page(page)


@LOSSES
def test_a_text_ends_where_its_producer_died_and_can_be_told_anew(
    page: Page, proxy: Proxy, workers: list[StreamingServer], lose: object
) -> None:
    proxy.latency_s = 0.02
    opened(page, f"{proxy.url}story/")
    story = page.locator("[dj-stream=story]")
    page.evaluate("() => void djust.pushEvent('count', { to: 100000 })")
    page.wait_for_function(f"() => ({STORY})().length > 20_000")
    assert callable(lose)
    lose(workers, proxy)
    expect(story).to_have_attribute("dj-stream-state", "error")
    shown = page.evaluate(STORY)
    assert TOLD.startswith(shown)
    page.evaluate("() => void djust.pushEvent('count', { to: 100000 })")
    expect(story).to_have_attribute("dj-stream-state", "done")
    assert page.evaluate(STORY) == TOLD
    expect_same_page(page)


@LOSSES
def test_a_text_that_was_whole_stays(
    page: Page, proxy: Proxy, workers: list[StreamingServer], lose: object
) -> None:
    opened(page, f"{proxy.url}story/")
    story = page.locator("[dj-stream=story]")
    page.evaluate("() => djust.pushEvent('tell', { pieces: ['Once ', 'upon', ' a'] })")
    page.evaluate("() => djust.pushEvent('end', {})")
    expect(story).to_have_attribute("dj-stream-state", "done")
    assert callable(lose)
    lose(workers, proxy)
    page.evaluate("() => djust.pushEvent('tell', { pieces: [' time'] })")
    expect(story).to_have_text("Once upon a time")
    expect_same_page(page)
