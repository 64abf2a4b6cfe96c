"""Language and time zone of the visitor: on the first page, in every turn, after a restart."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy

GERMAN = "de Januar Montag 13:30"
ENGLISH = "en January Monday 12:30"


def choose(page: Page, url: str, language: str) -> None:
    """Switch the language as Django's own view does."""
    page.evaluate(
        """([url, language]) => {
          const form = document.createElement("form");
          form.method = "post";
          form.action = url + "i18n/setlang/";
          for (const [name, value] of Object.entries({ language, next: "/places/",
               csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]").value })) {
            const input = document.createElement("input");
            Object.assign(input, { name, value });
            form.append(input);
          }
          document.body.append(form);
          form.submit();
        }""",
        [url, language],
    )


def german(page: Page, url: str) -> None:
    page.goto(f"{url}zone/?zone=Europe/Berlin")
    choose(page, url, "de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    wait_until_ready(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_what_is_not_chosen_is_the_site_s_own(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}places/")
    expect(page.locator(".page")).to_have_text("Monday 12:30 1234.50")
    press(page, "Say")
    expect(page.locator(".turn")).to_have_text(ENGLISH)


@pytest.mark.parametrize("button", ["Say", "Say async"])
def test_a_choice_holds_in_every_turn(network: Proxy, open_page: OpenPage, button: str) -> None:
    page = open_page(f"{network.url}places/")
    german(page, network.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Januar")
    expect(page.locator(".page")).to_have_text("Montag 13:30 1234,50")
    press(page, button)
    expect(page.locator(".turn")).to_have_text(GERMAN)
    expect(page.locator(".page")).to_have_text("Montag 13:30 1234,50")
    press(page, "Wait")
    expect(page.locator(".later")).to_have_text(f"{GERMAN} / {GERMAN}")


def test_two_visitors_do_not_meet(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}places/")
    other = open_page(f"{server.url}places/")
    german(page, server.url)
    # Pages that were made before the choice keep what they were made in.
    for _ in range(3):
        press(page, "Say")
        press(other, "Say")
        expect(page.locator(".turn")).to_have_text(GERMAN)
        expect(other.locator(".turn")).to_have_text(ENGLISH)


def test_a_form_reads_times_as_the_visitor_writes_them(
    server: DemoServer, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}places/")
    german(page, server.url)
    field = page.locator("[name=when]")
    field.fill("irgendwann")
    field.press("Tab")
    expect(page.locator(".errorlist")).to_have_text(re.compile("Bitte ein gültiges Datum"))
    field.fill("05.01.2026 13:30")
    press(page, "Send")
    expect(page.locator(".sent")).to_have_text("2026-01-05T12:30:00+00:00")
    expect(field).to_have_value("05.01.2026 13:30")


def test_a_restart_changes_neither(own_server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{own_server.url}places/")
    german(page, own_server.url)
    own_server.kill()
    expect(page.locator("body.dj-disconnected")).to_be_attached()
    own_server.start()
    wait_until_ready(page)
    press(page, "Say")
    expect(page.locator(".turn")).to_have_text(GERMAN)
    expect(page.locator(".page")).to_have_text("Montag 13:30 1234,50")


def test_the_browser_s_language_counts(
    server: DemoServer, context: BrowserContext, open_page: OpenPage
) -> None:
    context.set_extra_http_headers({"Accept-Language": "de"})
    page = open_page(f"{server.url}places/")
    press(page, "Say")
    expect(page.locator(".turn")).to_have_text("de Januar Montag 12:30")
