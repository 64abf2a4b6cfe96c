"""A form of Django with a file, in a real browser: live, over bad networks, and without scripts."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.proxy import Proxy
from tests.browser.uploads.server import UploadServer

READY = "body.dj-connected:not(.dj-disconnected)"
SIZE = 12_000_000
NAMES = "(input) => [...input.files].map(({ name }) => name)"


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UploadServer]:
    """One server for all tests of this module."""
    server = UploadServer(tmp_path_factory.mktemp("papers"))
    server.start()
    yield server
    server.stop()
    assert "Traceback" not in server.log, server.log


@pytest.fixture(params=["fair", "slow"])
def proxy(request: pytest.FixtureRequest, shared_server: UploadServer) -> Iterator[Proxy]:
    """A network; the slow one takes 300 ms for a round trip."""
    with Proxy(shared_server.port) as made:
        made.latency_s = 0.15 if request.param == "slow" else 0.0
        yield made


@pytest.fixture
def papers(page: Page, proxy: Proxy) -> Page:
    """The page with the form, connected."""
    page.goto(f"{proxy.url}papers/")
    expect(page.locator(READY)).to_be_attached()
    return page


def text_file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def expected(title: str, name: str, data: bytes) -> str:
    return f"{title} {name} {len(data)} {hashlib.sha256(data).hexdigest()}"


def names(page: Page) -> list[str]:
    held: list[str] = page.locator("#id_paper").evaluate(NAMES)
    return held


def send(page: Page, title: str) -> None:
    page.fill("#id_title", title)
    page.get_by_role("button", name="Send").click()


def test_a_file_is_kept_until_the_rest_is_right(papers: Page) -> None:
    papers.set_input_files("#id_paper", text_file("a.txt", "one"))
    send(papers, "M")
    expect(papers.locator(".errorlist")).to_have_text("Too short.")
    # The submit has been answered too.
    expect(papers.locator("#error")).to_have_text("Please correct the errors below.")
    expect(papers.locator("ul:not(.errorlist) li")).to_have_text("a.txt 100")
    assert names(papers) == ["a.txt"]
    send(papers, "Mine")
    expect(papers.locator("#said")).to_have_text(expected("Mine", "a.txt", b"one"))
    expect(papers.locator(".errorlist")).to_have_count(0)
    # It was taken: the next paper needs a file of its own.
    assert names(papers) == []


def test_a_required_file_is_asked_for_by_the_browser(papers: Page) -> None:
    send(papers, "Mine")
    assert papers.locator("#id_paper").evaluate("(input) => input.validity.valueMissing")
    papers.set_input_files("#id_paper", text_file("a.txt", "one"))
    send(papers, "Mine")
    expect(papers.locator("#said")).to_have_text(expected("Mine", "a.txt", b"one"))


def test_another_file_takes_the_place_of_one_that_the_form_refused(papers: Page) -> None:
    papers.set_input_files("#id_paper", text_file("a.txt", "no"))
    send(papers, "Mine")
    expect(papers.locator(".errorlist")).to_have_text("Not that one.")
    assert names(papers) == ["a.txt"]
    papers.set_input_files("#id_paper", text_file("b.txt", "yes"))
    assert names(papers) == ["b.txt"]
    papers.get_by_role("button", name="Send").click()
    expect(papers.locator("#said")).to_have_text(expected("Mine", "b.txt", b"yes"))


def test_the_last_of_several_choices_counts(papers: Page) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        papers.set_input_files("#id_paper", text_file(name, name))
    send(papers, "Mine")
    expect(papers.locator("#said")).to_have_text(expected("Mine", "c.txt", b"c.txt"))


def test_a_file_that_may_not_come_leaves_the_input_empty(papers: Page) -> None:
    papers.set_input_files("#id_paper", text_file("a.txt", "one"))
    expect(papers.locator("ul i")).to_have_text("100")
    papers.set_input_files("#id_paper", text_file("b.exe", "one"))
    expect(papers.locator("ol li")).to_contain_text("b.exe: ")
    papers.wait_for_function("() => !document.querySelector('#id_paper').files.length")
    papers.set_input_files("#id_paper", text_file("c.txt", "one"))
    expect(papers.locator("ol li")).to_have_count(0)
    send(papers, "Mine")
    expect(papers.locator("#said")).to_have_text(expected("Mine", "c.txt", b"one"))


def test_no_field_complains_while_its_file_is_on_its_way(
    papers: Page, proxy: Proxy, tmp_path: Path
) -> None:
    proxy.latency_s = 0.15
    data = random.Random(5).randbytes(SIZE)
    (tmp_path / "big.dat").write_bytes(data)
    papers.evaluate("""() => {
      globalThis.complaints = 0;
      new MutationObserver(() => { complaints += document.querySelectorAll(".errorlist").length; })
        .observe(document.body, { childList: true, subtree: true });
    }""")
    papers.set_input_files("#id_paper", tmp_path / "big.dat")
    send(papers, "Mine")
    papers.wait_for_function("() => Number(document.querySelector('ul i')?.textContent) >= 20")
    proxy.cut()
    expect(papers.locator("#said")).to_have_text(expected("Mine", "big.dat", data))
    assert papers.evaluate("() => globalThis.complaints") == 0


def test_choices_and_corrections_without_a_connection_arrive_with_it(
    papers: Page, proxy: Proxy
) -> None:
    papers.set_input_files("#id_paper", text_file("a.txt", "no"))
    send(papers, "Mine")
    expect(papers.locator(".errorlist")).to_have_text("Not that one.")
    with proxy.down():
        expect(papers.locator("body.dj-disconnected")).to_be_attached()
        papers.set_input_files("#id_paper", text_file("b.txt", "wrong"))
        papers.set_input_files("#id_paper", text_file("c.txt", "yes"))
        send(papers, "Ours")
    expect(papers.locator("#said")).to_have_text(expected("Ours", "c.txt", b"yes"))


def test_a_form_that_is_reset_has_no_file_any_more(papers: Page, proxy: Proxy) -> None:
    clear = papers.get_by_role("button", name="Clear")
    papers.set_input_files("#id_paper", text_file("a.txt", "no"))
    send(papers, "Mine")
    expect(papers.locator(".errorlist")).to_have_text("Not that one.")
    clear.click()
    expect(papers.locator("ul:not(.errorlist) li")).to_have_count(0)
    expect(papers.locator("#id_title")).to_have_value("")
    assert names(papers) == []
    papers.set_input_files("#id_paper", text_file("b.txt", "one"))
    expect(papers.locator("ul i")).to_have_text("100")
    with proxy.down():
        expect(papers.locator("body.dj-disconnected")).to_be_attached()
        clear.click()
        assert names(papers) == []
        papers.set_input_files("#id_paper", text_file("c.txt", "two"))
    send(papers, "Mine")
    expect(papers.locator("#said")).to_have_text(expected("Mine", "c.txt", b"two"))


def test_a_killed_server_forgets_no_file(page: Page, tmp_path: Path) -> None:
    server = UploadServer(tmp_path)
    server.start()
    with Proxy(server.port) as proxy:
        page.goto(f"{proxy.url}papers/")
        expect(page.locator(READY)).to_be_attached()
        page.set_input_files("#id_paper", text_file("a.txt", "one"))
        send(page, "M")
        expect(page.locator(".errorlist")).to_be_visible()
        server.kill()
        expect(page.locator("body.dj-disconnected")).to_be_attached()
        server.start()
        expect(page.locator(READY)).to_be_attached()
        assert names(page) == ["a.txt"]
        send(page, "Mine")
        expect(page.locator("#said")).to_have_text(expected("Mine", "a.txt", b"one"))
    server.stop()
    assert "Traceback" not in server.log, server.log


def test_the_form_works_without_scripts(browser: Browser, proxy: Proxy) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{proxy.url}papers/")
    page.set_input_files("#id_paper", text_file("a.txt", "one"))
    send(page, "M")
    expect(page.locator(".errorlist")).to_have_text("Too short.")
    expect(page.locator("#id_title")).to_have_value("M")
    # A page cannot fill in a file, so the visitor chooses it again, as in any form of Django.
    page.set_input_files("#id_paper", text_file("b.txt", "two"))
    send(page, "Mine")
    expect(page.locator("#said")).to_have_text(expected("Mine", "b.txt", b"two"))
    expect(page.locator(".errorlist")).to_have_count(0)
    context.close()
