from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from djust_testing import EventRefused, LiveWireClient
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The test project behind uvicorn, in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    here = Path(__file__).parent
    command = [sys.executable, "-m", "uvicorn", "live_project.asgi:application"]
    server = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "critical"],
        cwd=here,
        env={**os.environ, "DJUST_TEST_DEBUG": "1"},
    )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"{url}/login/")
            break
        except httpx.TransportError:
            assert server.poll() is None, "The server ended."
            assert time.monotonic() < deadline, "The server never answered."
            time.sleep(0.05)
    yield url
    server.terminate()
    assert server.wait(30) in (0, -15)


async def test_a_page_works_over_a_real_connection(site: str) -> None:
    async with LiveWireClient(f"{site}/counter/") as page:
        await page.event("increment")
        await page.event("increment_async", {"step": 5})
        assert "<p>6</p>" in page.html
        assert await page.event("answer", {"value": "x"}) == {"got": "x"}


async def test_a_real_connection_that_drops_comes_back(site: str) -> None:
    async with LiveWireClient(f"{site}/counter/") as page:
        await page.event("increment")
        await page.drop()
        await page.attach()
        await page.event("increment")
        assert "<p>2</p>" in page.html


async def test_a_refused_event_leaves_the_connection_open(site: str) -> None:
    async with LiveWireClient(f"{site}/counter/") as page:
        with pytest.raises(EventRefused, match="DJL201"):
            await page.event("undecorated")
        await page.event("increment")
        assert "<p>1</p>" in page.html


async def test_many_pages_at_once_are_kept_apart(site: str) -> None:
    async def use(number: int) -> str:
        async with LiveWireClient(f"{site}/counter/") as page:
            for _ in range(number):
                await page.event("increment")
            return page.html

    pages = await asyncio.gather(*(use(number) for number in range(10)))
    assert all(f"<p>{number}</p>" in html for number, html in enumerate(pages))


async def test_a_foreign_origin_never_gets_a_connection(site: str) -> None:
    socket_url = site.replace("http", "ws") + "/ws/djust/"
    with pytest.raises(InvalidStatus) as refused:
        await connect(socket_url, origin="http://evil.example")  # type: ignore[arg-type]
    assert refused.value.response.status_code == 403


async def test_another_path_has_no_socket(site: str) -> None:
    with pytest.raises(InvalidStatus):
        await connect(site.replace("http", "ws") + "/ws/other/")


async def test_static_files_are_served_in_debug(site: str) -> None:
    async with httpx.AsyncClient() as client:
        response = await client.get(f"{site}/static/djust/src/djust.js")
    assert response.status_code == 200
    assert "javascript" in response.headers["content-type"]
