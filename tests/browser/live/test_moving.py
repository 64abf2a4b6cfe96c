"""From page to page: over one socket inside a live session, by a page load between them."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.demo.test_pages import AXE, RUN_AXE
from tests.browser.proxy import Proxy


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def mark(page: Page) -> None:
    """Let a page load show."""
    page.evaluate("() => { globalThis.isSamePage = true; }")


def is_same(page: Page) -> bool:
    return bool(page.evaluate("() => globalThis.isSamePage === true"))


def expect_page(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page).to_have_title(title)
    wait_until_ready(page)


def expect_alive(page: Page) -> None:
    press(page, "More")
    expect(page.locator("#count")).to_have_text("1")


def sockets_of(page: Page) -> list[str]:
    opened: list[str] = []
    page.on("websocket", lambda socket: opened.append(socket.url))
    return opened


def test_pages_follow_one_another_over_one_socket(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}shop/")
    mark(page)
    for name, title in [("Item 1", "Item 1"), ("Number 2", "Item 2"), ("Shop", "Shop")]:
        follow(page, name)
        expect_page(page, title)
        expect_alive(page)
    assert is_same(page)


def test_no_second_socket_is_opened(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}shop/")
    opened = sockets_of(page)
    follow(page, "Item 1")
    expect_page(page, "Item 1")
    follow(page, "Shop")
    expect_page(page, "Shop")
    expect_alive(page)
    assert opened == []
    assert "Traceback" not in server.log


def test_a_page_that_was_fetched_ahead_is_not_fetched_again(
    server: DemoServer, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}shop/")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    with page.expect_response(f"{server.url}shop/item/1/"):
        page.get_by_role("link", name="Item 1", exact=True).focus()
    follow(page, "Item 1")
    expect_page(page, "Item 1")
    expect_alive(page)
    assert fetched.count(f"{server.url}shop/item/1/") == 1


def test_a_long_way_and_a_drop_in_the_middle(proxy: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{proxy.url}shop/")
    mark(page)
    proxy.latency_s = 0.3
    follow(page, "Item 1")
    expect(page.locator("html[aria-busy=true]")).to_be_attached()
    # Until the next page is there, this one works.
    press(page, "More")
    expect_page(page, "Item 1")
    expect_alive(page)
    follow(page, "Number 2")
    proxy.cut()
    expect_page(page, "Item 2")
    expect_alive(page)
    assert is_same(page)
    expect(page.locator("html[aria-busy]")).to_have_count(0)


def test_a_page_without_links_can_be_left_after_it_was_loaded_again(
    network: Proxy, open_page: OpenPage
) -> None:
    page = open_page(f"{network.url}shop/")
    press(page, "Save and go to the leaf")
    expect_page(page, "Leaf")
    page.reload()
    expect_page(page, "Leaf")
    page.go_back()
    expect_page(page, "Shop")
    expect_alive(page)


def test_back_within_a_view_finds_the_place_and_hashes_are_found(
    proxy: Proxy, open_page: OpenPage
) -> None:
    page = open_page(f"{proxy.url}chapters/")
    proxy.latency_s = 0.15
    page.evaluate("scrollTo(0, 700)")
    page.wait_for_function("() => history.state?.djScroll?.[1] === 700")
    page.evaluate("document.querySelector('a').click()")
    expect_page(page, "Part 2")
    page.go_back()
    expect_page(page, "Part 1")
    page.wait_for_function("() => scrollY === 700")
    page.go_forward()
    expect_page(page, "Part 2")
    follow(page, "About")
    expect_page(page, "Part 1")
    expect(page.get_by_role("heading", name="About")).to_be_in_viewport()


def test_back_and_forward_find_places_and_focus(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}shop/")
    mark(page)
    follow(page, "Row 50")
    expect_page(page, "Item 50")
    assert page.evaluate("scrollY") == 0
    page.evaluate("scrollTo(0, 500)")
    # Noted once the scrolling has paused.
    page.wait_for_function("() => history.state.djScroll?.[1] === 500")
    page.go_back()
    expect_page(page, "Shop")
    page.wait_for_function("() => scrollY > 100")
    expect(page.get_by_role("link", name="Row 50", exact=True)).to_be_focused()
    expect(page.get_by_role("link", name="Row 50", exact=True)).to_be_in_viewport()
    page.go_forward()
    expect_page(page, "Item 50")
    page.wait_for_function("() => scrollY === 500")
    expect_alive(page)
    assert is_same(page)


def test_patches_and_pages_share_the_history(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}shop/?count=3")
    press(page, "More")
    expect(page).to_have_url(re.compile(r"count=4$"))
    follow(page, "Item 1")
    expect_page(page, "Item 1")
    page.go_back()
    expect_page(page, "Shop")
    expect(page.locator("#count")).to_have_text("4")


def test_a_hash_leads_to_its_place(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}shop/")
    follow(page, "End of item 30")
    expect_page(page, "Item 30")
    expect(page.locator("#end")).to_be_in_viewport()
    expect(page).to_have_url(re.compile(r"/shop/item/30/#end$"))


def test_the_title_is_announced_and_the_focus_starts_anew(
    server: DemoServer, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}shop/")
    follow(page, "Item 1")
    expect(page.locator(".dj-announcer")).to_have_text("Item 1")
    assert page.evaluate("document.activeElement === document.body")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Shop", exact=True)).to_be_focused()
    follow(page, "Form")
    expect_page(page, "Form")
    expect(page.get_by_label("Name")).to_be_focused()


def test_what_was_typed_is_asked_about_and_not_carried_along(
    server: DemoServer, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}shop/form/")
    page.get_by_label("Name").fill("Ada")
    questions = []
    page.once("dialog", lambda dialog: (questions.append(dialog.message), dialog.dismiss()))
    follow(page, "Item 1")
    expect(page.get_by_label("Name")).to_have_value("Ada")
    page.once("dialog", lambda dialog: dialog.accept())
    follow(page, "Item 1")
    expect_page(page, "Item 1")
    assert questions == ["Leave without saving?"]
    follow(page, "Form")
    expect(page.get_by_label("Name")).to_have_value("")


def test_messages_go_along(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}shop/")
    mark(page)
    press(page, "Save and go")
    expect_page(page, "Item 2")
    expect(page.locator("[dj-flash] .dj-flash-success")).to_have_text("Saved.")
    assert is_same(page)
    follow(page, "Item 1")
    expect_page(page, "Item 1")
    expect(page.locator(".dj-flash")).to_have_count(0)


def test_messages_survive_a_page_load(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}shop/")
    mark(page)
    press(page, "Save and go to styled")
    expect_page(page, "Styled")
    expect(page.locator(".dj-flash-success")).to_have_text("Saved.")
    assert not is_same(page)
    page.goto(f"{server.url}shop/")
    press(page, "Save and go out")
    expect(page).to_have_title("Plain")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()


def test_messages_wait_for_the_page_that_shows_them(
    server: DemoServer, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}shop/")
    page.evaluate("() => fetch('/note/')")
    page.get_by_role("link", name="Outside").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plain")
    expect(page.locator("p")).to_have_text(["Noted."])
    page.reload()
    expect(page.locator("p")).to_have_count(0)


def test_other_styles_are_a_page_load(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}shop/")
    mark(page)
    follow(page, "Styled")
    expect_page(page, "Styled")
    assert not is_same(page)
    assert page.evaluate("getComputedStyle(document.querySelector('main')).padding") == "32px"


def test_between_live_sessions_there_is_a_login(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}shop/")
    mark(page)
    follow(page, "Office")
    expect(page).to_have_title("Log in")
    expect(page).to_have_url(re.compile(r"/login/\?next=/office/$"))
    page.goto(f"{server.url}login/?name=ada&next=/office/")
    expect_page(page, "Office of ada")
    mark(page)
    follow(page, "Shop")
    expect_page(page, "Shop")
    assert not is_same(page)


def test_who_logged_out_meanwhile_comes_no_further(
    server: DemoServer, open_page: OpenPage, context: BrowserContext
) -> None:
    page = open_page(f"{server.url}login/?name=ada&next=/office/")
    expect_page(page, "Office of ada")
    context.request.get(f"{server.url}logout/")
    # The page loads again by itself.
    expect(page).to_have_title("Log in")


def test_a_loop_ends_with_an_error(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}shop/")
    page.evaluate(
        """() => document.addEventListener("djust:error",
        ({ detail }) => { globalThis.lastError = detail.code; })"""
    )
    press(page, "Go round")
    page.wait_for_function("() => globalThis.lastError === 'DJL311'")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Loop"))
    follow(page, "Item 1")
    expect_page(page, "Item 1")
    expect_alive(page)


def test_axe_finds_nothing_after_a_visit(
    server: DemoServer, context: BrowserContext, open_page: OpenPage
) -> None:
    context.add_init_script(AXE)
    page = open_page(f"{server.url}shop/")
    follow(page, "Item 1")
    expect_page(page, "Item 1")
    assert page.evaluate(RUN_AXE) == []
