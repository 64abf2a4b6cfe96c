"""A server that is stopped, killed or started anew leaves no dead page behind."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer

CLICK_THREE_TIMES = """() => {
  for (let click = 0; click < 3; click += 1) document.querySelector("[dj-click=increment]").click();
}"""
END = pytest.mark.parametrize("end", ["stop", "kill"])


def restart(server: DemoServer, page: Page, end: str) -> None:
    """End the server, let the page notice, and start it again."""
    getattr(server, end)()
    expect(page.get_by_text("Reconnecting", exact=True)).to_be_visible()
    server.start()
    wait_until_ready(page)


@END
def test_a_page_goes_on_after_a_restart(
    own_server: DemoServer, open_page: OpenPage, end: str
) -> None:
    page = open_page(f"{own_server.url}counter/")
    plus = page.get_by_role("button", name="+", exact=True)
    value = page.locator(".counter-value")
    for _ in range(3):
        plus.click()
    expect(value).to_have_text("3")
    restart(own_server, page, end)
    plus.click()
    expect(value).to_have_text("4")


@END
def test_clicks_made_while_the_server_is_down_count(
    own_server: DemoServer, open_page: OpenPage, end: str
) -> None:
    page = open_page(f"{own_server.url}counter/")
    value = page.locator(".counter-value")
    page.evaluate(CLICK_THREE_TIMES)
    expect(value).to_have_text("3")
    getattr(own_server, end)()
    page.evaluate(CLICK_THREE_TIMES)
    own_server.start()
    expect(value).to_have_text("6")


def test_a_restart_in_the_middle_of_clicking_loses_nothing(
    own_server: DemoServer, open_page: OpenPage
) -> None:
    page = open_page(f"{own_server.url}counter/")
    for clicks in (3, 6, 9):
        page.evaluate(CLICK_THREE_TIMES)
        # No waiting: some of the clicks are answered, some handled, some on their way.
        own_server.kill()
        own_server.start()
        expect(page.locator(".counter-value")).to_have_text(str(clicks))


@END
def test_rows_are_there_and_tabs_stay_in_step_after_a_restart(
    own_server: DemoServer, open_page: OpenPage, end: str
) -> None:
    page = open_page(f"{own_server.url}todo/")
    other = open_page(f"{own_server.url}todo/")
    page.get_by_role("button", name="Delete: Move this one up").click()
    expect(other.locator(".task")).to_have_count(2)
    restart(own_server, page, end)
    wait_until_ready(other)
    expect(page.locator(".task")).to_have_count(2)
    page.get_by_role("button", name="Delete: Tick this one off").click()
    expect(page.locator(".task")).to_have_count(1)
    expect(other.locator(".task")).to_have_count(1)


def test_typing_goes_on_across_a_restart(own_server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{own_server.url}form/")
    page.get_by_label("Your name").fill("Ada")
    email = page.get_by_label("E-mail")
    email.press_sequentially("ada@")
    expect(page.locator(".errorlist li")).to_have_text(["Please give your first and last name."])
    own_server.kill()
    expect(page.get_by_text("Reconnecting", exact=True)).to_be_visible()
    page.keyboard.type("example.org")
    own_server.start()
    wait_until_ready(page)
    expect(email).to_be_focused()
    expect(email).to_have_value("ada@example.org")
    expect(page.get_by_label("Your name")).to_have_value("Ada")
    expect(page.locator(".errorlist li")).to_have_text(["Please give your first and last name."])
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.keyboard.press("Tab")
    expect(page.locator(".errorlist")).to_have_count(0)


def test_a_thousand_rows_survive_a_restart(own_server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{own_server.url}table/")
    field = page.get_by_label("Packets of Old Abbey Tomato", exact=True)
    field.fill("100")
    field.press("Enter")
    page.get_by_role("columnheader", name="Variety").get_by_role("button").click()
    total = page.locator(".seeds tfoot td").first
    expect(total).to_have_text("48,011")
    restart(own_server, page, "kill")
    expect(field).to_have_value("100")
    expect(page.locator(".seeds tbody tr").first.locator("th")).to_have_text("Amber Dawn")
    field.fill("99")
    field.press("Enter")
    expect(total).to_have_text("48,010")
    expect(page.locator(".seeds tbody tr")).to_have_count(1_000)
