"""Photos: previewed under the strict policy, and gone on with when the server is killed."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.demo.conftest import OpenPage
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy

GIF = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
PNG_START = b"\x89PNG\r\n\x1a\n"


def look(page: Page) -> None:
    page.get_by_role("button", name="Look at them").click()


def test_photos_are_shown_and_looked_at(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}photos/")
    page.get_by_label("Drop photos here").set_input_files(
        [
            {"name": "dot.gif", "mimeType": "image/gif", "buffer": GIF},
            {"name": "evil.gif", "mimeType": "image/gif", "buffer": b"<svg onload=alert(1)>"},
        ]
    )
    image = page.locator(".photo img")
    expect(image).to_have_count(1)
    decoded = image.evaluate("async (it) => { await it.decode(); return it.naturalWidth }")
    assert decoded == 1
    expect(page.get_by_role("alert")).to_contain_text("evil.gif")
    look(page)
    expect(page.locator(".seen code")).to_have_text([hashlib.sha256(GIF).hexdigest()])
    expect(page.locator(".photo")).to_have_count(0)


def test_a_photo_goes_on_when_the_server_is_killed(
    own_server: DemoServer, open_page: OpenPage, tmp_path: Path
) -> None:
    data = PNG_START + random.Random(3).randbytes(16_000_000)
    path = tmp_path / "big.png"
    path.write_bytes(data)
    with Proxy(own_server.port) as proxy:
        proxy.latency_s = 0.1
        page = open_page(f"{proxy.url}photos/")
        page.get_by_label("Drop photos here").set_input_files(path)
        page.wait_for_function("() => document.querySelector('.photo progress')?.value >= 50")
        own_server.kill()
        own_server.start()
        look(page)
        expect(page.locator(".seen code")).to_have_text([hashlib.sha256(data).hexdigest()])
