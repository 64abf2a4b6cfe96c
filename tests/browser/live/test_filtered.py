"""A FilterSet of django-filter narrows a list, on good and bad networks and without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.demo.test_pages import AXE, RUN_AXE
from tests.browser.live.conftest import SiteServer
from tests.browser.proxy import Proxy


def expect_found(page: Page, count: int, first: str) -> None:
    expect(page.locator("p[role=status]")).to_have_text(f"{count} found")
    expect(page.locator("li").first).to_have_text(first)


def test_it_narrows_while_it_is_filled_in(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}rights/")
    page.get_by_label("Name").press_sequentially("user", delay=20)
    expect_found(page, 4, "Can add user")
    expect(page.get_by_label("Name")).to_have_value("user")
    page.get_by_label("Delete").check()
    expect_found(page, 1, "Can delete user")
    page.get_by_label("Add").check()
    expect_found(page, 2, "Can add user")
    expect(page).to_have_url(re.compile(r"name=user&kind=add&kind=delete$"))
    page.get_by_label("Order").select_option("-name")
    expect_found(page, 2, "Can delete user")
    # It is the same page all the time, and called so no second time.
    expect(page.locator(".dj-announcer")).to_have_text("")
    page.reload()
    wait_until_ready(page)
    expect_found(page, 2, "Can delete user")
    expect(page.get_by_label("Add")).to_be_checked()
    page.get_by_label("Name").fill("")
    expect(page.locator("p[role=status]")).not_to_have_text("2 found")
    expect(page).not_to_have_url(re.compile("name=u"))


def test_pages_keep_the_filter(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}rights/?kind=add&kind=delete")
    page.get_by_role("link", name="2", exact=True).click()
    expect(page.locator("[aria-current=page]")).to_have_text("2")
    expect(page).to_have_url(re.compile(r"kind=add&kind=delete&page=2$"))
    page.get_by_label("Name").fill("user")
    expect_found(page, 2, "Can add user")
    expect(page).not_to_have_url(re.compile("page="))
    page.go_back()
    expect(page.get_by_label("Name")).to_have_value("")


def test_a_restart_keeps_the_filter(own_server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{own_server.url}rights/")
    page.get_by_label("Delete").check()
    expect(page.locator("li").first).to_have_text(re.compile("Can delete"))
    found = page.locator("p[role=status]").inner_text()
    own_server.kill()
    expect(page.locator("body.dj-disconnected")).to_be_attached()
    own_server.start()
    wait_until_ready(page)
    page.get_by_role("link", name="2", exact=True).click()
    expect(page.locator("[aria-current=page]")).to_have_text("2")
    expect(page.locator("p[role=status]")).to_have_text(found)
    expect(page.locator("li").first).to_have_text(re.compile("Can delete"))


def test_the_address_outlives_a_state_that_is_lost(
    tmp_path: Path, empty_site: Path, open_page: OpenPage
) -> None:
    with SiteServer(tmp_path, empty_site, SITE_BACKEND="memory") as server:
        page = open_page(f"{server.url}rights/")
        page.get_by_label("Name").fill("user")
        expect_found(page, 4, "Can add user")
        server.kill()
        expect(page.locator("body.dj-disconnected")).to_be_attached()
        frames: list[str] = []
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda text: frames.append(str(text))),
        )
        server.start()
        # The page is mounted anew, at its address.
        wait_until_ready(page)
        assert [text for text in frames if text.startswith('["html"')]
        expect_found(page, 4, "Can add user")
        expect(page.get_by_label("Name")).to_have_value("user")
        page.get_by_label("Delete").check()
        expect_found(page, 1, "Can delete user")
        page.close()


def test_the_same_form_works_without_scripts(server: DemoServer, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{server.url}rights/")
        page.get_by_label("Name").fill("user")
        page.get_by_label("Delete").check()
        page.get_by_role("button", name="Show").click()
        expect_found(page, 1, "Can delete user")
    finally:
        context.close()


def test_axe_finds_nothing(
    server: DemoServer, context: BrowserContext, open_page: OpenPage
) -> None:
    context.add_init_script(AXE)
    page = open_page(f"{server.url}rights/?kind=add")
    assert page.evaluate(RUN_AXE) == []
