"""Files in a real browser: chosen, dropped, refused, cancelled, and gone on with."""

from __future__ import annotations

import hashlib
import json
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import TIMEOUT_S
from tests.browser.proxy import Proxy
from tests.browser.uploads.server import UploadServer

READY = "body.dj-connected:not(.dj-disconnected)"
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8"
    b"\xcf\xc0\xf0\x1f\0\5\0\1\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82"
)
# The server says how much it takes; with this delay each way a window takes its time.
LATENCY_S = 0.1
SIZE = 24_000_000
DROP = """([selector, name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name, { type: "text/plain" }));
  const zone = document.querySelector(selector);
  for (const type of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""


REMEMBER_SOCKET = """
const { send } = WebSocket.prototype;
WebSocket.prototype.send = function (data) {
  globalThis.lastSocket = this;
  send.call(this, data);
};"""


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UploadServer]:
    """One server for all tests that leave it running."""
    server = UploadServer(tmp_path_factory.mktemp("uploads"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(shared_server: UploadServer) -> Iterator[UploadServer]:
    """The shared server; a traceback that it logs during a test fails the test."""
    before = len(shared_server.log)
    shared_server.forget_files()
    yield shared_server
    logged = shared_server.log[before:]
    assert "Traceback" not in logged, logged


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[UploadServer]:
    """A server that the test may kill and start again."""
    server = UploadServer(tmp_path)
    server.start()
    yield server
    server.stop()
    assert "Traceback" not in server.log, server.log


@pytest.fixture
def proxy(server: UploadServer) -> Iterator[Proxy]:
    """A network to the shared server that the test may spoil."""
    with Proxy(server.port) as made:
        yield made


@pytest.fixture
def big_file(tmp_path: Path) -> tuple[Path, str]:
    """A file that takes a while, and its digest."""
    data = random.Random(7).randbytes(SIZE)
    path = tmp_path / "big.dat"
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    expect(page.locator(READY)).to_be_attached()
    return page


def text_file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def wait_for_progress(page: Page, percent: int) -> None:
    page.wait_for_function(
        "(percent) => Number(document.querySelector('ul i')?.textContent) >= percent", arg=percent
    )


ATTEMPTS = 3


def until_empty(server: UploadServer) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while server.files():
        assert time.monotonic() < deadline, server.files()
        time.sleep(0.02)


def watch_offsets(page: Page) -> list[int]:
    """Collect where the server says to go on with files, from now on."""
    offsets: list[int] = []

    def look(payload: str | bytes) -> None:
        if isinstance(payload, str) and payload.startswith('["uploads:accept"'):
            offsets.append(json.loads(payload)[1][2])

    page.on("websocket", lambda socket: socket.on("framereceived", look))
    return offsets


def expect_saved(page: Page, expected: str) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.locator("p")).to_have_text(expected)


def test_files_are_chosen_and_saved(page: Page, proxy: Proxy, server: UploadServer) -> None:
    opened(page, f"{proxy.url}photos/")
    page.set_input_files("input", [text_file("a.txt", "one"), text_file("b.txt", "")])
    expect(page.locator("ul i")).to_have_text(["100", "100"])
    expect_saved(page, f"a.txt:3:{digest('one')} b.txt:0:{digest('')}")
    expect(page.locator("ul li")).to_have_count(0)
    until_empty(server)


def test_files_are_dropped_into_a_zone(page: Page, proxy: Proxy) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    opened(page, f"{proxy.url}photos/")
    page.evaluate("() => document.addEventListener('djust:error', () => { globalThis.bad = true })")
    page.evaluate(DROP, ["#zone", "a.txt", "one"])
    expect(page.locator("ul i")).to_have_text(["100"])
    assert page.locator("[dj-over]").count() == 0
    expect_saved(page, f"a.txt:3:{digest('one')}")
    assert page.evaluate("() => globalThis.bad") is None
    assert problems == []


def test_images_have_a_preview(page: Page, proxy: Proxy) -> None:
    opened(page, f"{proxy.url}photos/")
    image: FilePayload = {"name": "dot.png", "mimeType": "image/png", "buffer": PNG}
    page.set_input_files("input", image)
    preview = page.locator("ul img")
    expect(preview).to_have_attribute("src", re.compile("^blob:http"))
    assert (
        preview.evaluate("async (image) => { await image.decode(); return image.naturalWidth }")
        == 1
    )


def test_a_refused_file_shows_its_reason(page: Page, proxy: Proxy, server: UploadServer) -> None:
    opened(page, f"{proxy.url}photos/")
    bad = text_file("a.png", "<svg onload=alert(1)>")
    page.set_input_files("input", [text_file("a.exe", "x"), bad, text_file("good.txt", "x")])
    reasons = page.locator("ol li")
    expect(reasons).to_have_count(2)
    expect(reasons.nth(0)).to_contain_text("a.exe: ")
    expect(reasons.nth(1)).to_contain_text("a.png: ")
    expect_saved(page, f"good.txt:1:{digest('x')}")
    page.set_input_files("input", text_file("good.txt", "x"))
    expect(reasons).to_have_count(0)
    page.reload()
    until_empty(server)


def test_a_form_waits_for_its_files(page: Page, proxy: Proxy, big_file: tuple[Path, str]) -> None:
    proxy.latency_s = LATENCY_S
    opened(page, f"{proxy.url}later/")
    page.set_input_files("input", text_file("a.txt", "one"))
    expect(page.locator("ul i")).to_have_text(["0"])
    expect_saved(page, f"a.txt:3:{digest('one')}")
    opened(page, f"{proxy.url}big/")
    path, wanted = big_file
    page.set_input_files("input", path)
    expect_saved(page, f"big.dat:{SIZE}:{wanted}")


def test_a_file_is_cancelled_on_its_way(
    page: Page, proxy: Proxy, server: UploadServer, big_file: tuple[Path, str]
) -> None:
    proxy.latency_s = LATENCY_S
    opened(page, f"{proxy.url}big/")
    page.set_input_files("input", big_file[0])
    wait_for_progress(page, 20)
    page.locator("ul button").click()
    expect(page.locator("ul li")).to_have_count(0)
    until_empty(server)
    page.set_input_files("input", text_file("a.txt", "one"))
    expect_saved(page, f"a.txt:3:{digest('one')}")


def test_the_page_answers_while_a_file_comes(
    page: Page, proxy: Proxy, big_file: tuple[Path, str]
) -> None:
    proxy.latency_s = 0.15
    opened(page, f"{proxy.url}big/")
    path, wanted = big_file
    page.set_input_files("input", path)
    wait_for_progress(page, 10)
    for number in range(1, 4):
        page.locator("#more").click()
        expect(page.locator("b")).to_have_text(str(number))
    assert int(page.locator("ul i").text_content() or "") < 100
    expect_saved(page, f"big.dat:{SIZE}:{wanted}")


def test_a_drop_in_the_middle_goes_on(page: Page, proxy: Proxy, big_file: tuple[Path, str]) -> None:
    proxy.latency_s = LATENCY_S
    offsets = watch_offsets(page)
    opened(page, f"{proxy.url}big/")
    path, wanted = big_file
    page.set_input_files("input", path)
    wait_for_progress(page, 50)
    proxy.cut()
    wait_for_progress(page, 75)
    proxy.cut()
    expect(page.locator("ul i")).to_have_text("100")
    assert offsets[0] == 0
    assert offsets[1] > SIZE * 0.45
    assert offsets[2] > SIZE * 0.7
    expect_saved(page, f"big.dat:{SIZE}:{wanted}")


def test_a_killed_server_in_the_middle_goes_on(
    page: Page, own_server: UploadServer, big_file: tuple[Path, str]
) -> None:
    path, wanted = big_file
    with Proxy(own_server.port) as proxy:
        proxy.latency_s = LATENCY_S
        offsets = watch_offsets(page)
        opened(page, f"{proxy.url}big/")
        page.set_input_files("input", path)
        wait_for_progress(page, 50)
        own_server.kill()
        [left] = own_server.files()
        length = left.stat().st_size
        assert SIZE // 4 < length < SIZE
        own_server.start()
        expect(page.locator("ul i")).to_have_text("100")
        # It went on where it was: at the last whole piece.
        assert offsets == [0, length - length % 65_536]
        expect_saved(page, f"big.dat:{SIZE}:{wanted}")
    until_empty(own_server)


def test_what_may_not_go_on_begins_anew(
    page: Page, proxy: Proxy, big_file: tuple[Path, str]
) -> None:
    proxy.latency_s = LATENCY_S
    opened(page, f"{proxy.url}fresh/")
    path, wanted = big_file
    page.set_input_files("input", path)
    wait_for_progress(page, 30)
    proxy.cut()
    expect(page.locator("ul i")).to_have_text("100")
    expect_saved(page, f"big.dat:{SIZE}:{wanted}")


def test_a_page_that_is_closed_leaves_nothing(
    page: Page, proxy: Proxy, server: UploadServer, big_file: tuple[Path, str]
) -> None:
    proxy.latency_s = LATENCY_S
    page.add_init_script(REMEMBER_SOCKET)
    # A browser that leaves may drop its last word for all the care below; another page tries again.
    for _ in range(ATTEMPTS):
        before = set(server.files())
        opened(page, f"{proxy.url}big/")
        page.set_input_files("input", big_file[0])
        wait_for_progress(page, 30)
        assert set(server.files()) - before
        # It drops what it has not sent yet: let it send what it may while the network is silent.
        proxy.stall()
        page.wait_for_function("() => globalThis.lastSocket.bufferedAmount === 0")
        page.goto("about:blank")
        proxy.flow()
        deadline = time.monotonic() + TIMEOUT_S
        while set(server.files()) - before and time.monotonic() < deadline:
            time.sleep(0.02)
        if not set(server.files()) - before:
            return
    pytest.fail(f"Each page has left something: {server.files()}")
