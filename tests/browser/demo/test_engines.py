"""With Django's own template engine the demo is the same: each update goes the reference path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.demo.conftest import OpenPage
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy


@pytest.fixture(scope="module")
def django_server(
    empty_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DemoServer]:
    folder = tmp_path_factory.mktemp("django")
    with DemoServer(folder, empty_database, DEMO_TEMPLATES="django") as server:
        yield server
        logged = server.log
    assert "Traceback" not in logged, logged


@pytest.fixture
def torn(django_server: DemoServer) -> Iterator[Proxy]:
    """A network that loses every fourth answer on the way."""
    with Proxy(django_server.port) as proxy:
        proxy.cut_answers_after = 3
        yield proxy


def test_the_counter_counts(torn: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{torn.url}counter/")
    plus = page.get_by_role("button", name="+", exact=True)
    for count in range(1, 6):
        plus.click()
        expect(page.locator(".counter-value")).to_have_text(str(count))


def test_rows_move_under_what_is_typed(torn: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{torn.url}todo/")
    field = page.locator(".task-title").nth(1)
    field.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Typing")
    page.get_by_role("button", name="Move up: Move this one up").evaluate("(it) => it.click()")
    expect(page.locator(".task-title").first).to_have_value("Typing")
    expect(page.locator(".task-title").first).to_be_focused()


def test_a_thousand_rows_are_sorted_and_edited(torn: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{torn.url}table/")
    page.get_by_role("columnheader", name="Variety").get_by_role("button").click()
    expect(page.locator(".seeds tbody th").first).to_have_text("Amber Dawn")
    field = page.get_by_label("Packets of Old Abbey Tomato", exact=True)
    field.fill("100")
    field.press("Enter")
    expect(page.locator(".seeds tfoot td").first).to_have_text("48,011")


def test_the_form_answers(torn: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{torn.url}form/")
    page.get_by_label("Your name").fill("Ada")
    page.keyboard.press("Tab")
    expect(page.locator(".errorlist li")).to_have_text(["Please give your first and last name."])
