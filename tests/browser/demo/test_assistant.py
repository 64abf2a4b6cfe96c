"""The assistant: words arrive once and in order, whatever the network does."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.demo.conftest import OpenPage
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy

END = "nothing comes twice."


def ask(page: Page, question: str) -> None:
    page.get_by_label("Question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()


def answer(page: Page) -> Locator:
    return page.locator(".turn-answer").last


def test_an_answer_arrives_whole(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}assistant/")
    ask(page, "<b>Why?</b>")
    expect(answer(page)).to_contain_text(END)
    expect(answer(page)).to_contain_text("“<b>Why?</b>”")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    ask(page, "And then?")
    expect(page.locator(".turn")).to_have_count(2)
    expect(answer(page)).to_contain_text(END)


def test_stop_keeps_what_came(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}assistant/")
    ask(page, "Why?")
    expect(answer(page)).to_contain_text("I am a demo")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(answer(page)).to_have_attribute("dj-stream-state", "done")
    assert END not in answer(page).inner_text()


def test_a_drop_in_the_middle_loses_no_word(proxy: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{proxy.url}assistant/")
    ask(page, "Why?")
    expect(answer(page)).to_contain_text("I am a demo")
    proxy.cut()
    expect(answer(page)).to_contain_text(END)
    assert answer(page).inner_text().count("I am a demo") == 1
