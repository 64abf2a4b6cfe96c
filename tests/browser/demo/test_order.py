"""The order: lines of a formset come, move and go; components on the page talk to it."""

from __future__ import annotations

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy

SEEDS = ["Runner beans", "Curly kale", "Corn poppy"]
# Whether the browser would ask before the page is left.
WOULD_ASK = """() => {
  const event = new Event("beforeunload", { cancelable: true });
  return !dispatchEvent(event);
}"""


def line(page: Page, number: int) -> Locator:
    return page.get_by_role("group", name=f"Line {number}", exact=True)


def lines(page: Page) -> Locator:
    return page.locator("fieldset.line")


def card(page: Page, title: str) -> Locator:
    return page.locator(".seed-card").filter(has=page.get_by_role("heading", name=title))


def fill(page: Page, number: int, seed: str, packets: str, note: str = "") -> None:
    line(page, number).get_by_label("Seed").select_option(label=seed)
    line(page, number).get_by_label("Packets").fill(packets)
    line(page, number).get_by_label("Label text").fill(note)
    line(page, number).get_by_label("Label text").press("Tab")


def expect_line(page: Page, number: int, slug: str, packets: str, note: str = "") -> None:
    expect(line(page, number).get_by_label("Seed")).to_have_value(slug)
    expect(line(page, number).get_by_label("Packets")).to_have_value(packets)
    expect(line(page, number).get_by_label("Label text")).to_have_value(note)


def expect_total(page: Page, text: str) -> None:
    expect(page.get_by_role("status").filter(has_text="packet")).to_have_text(text)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_lines_come_move_and_go(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}order/")
    expect(lines(page)).to_have_count(2)
    fill(page, 1, "Runner beans", "2", "For the fence")
    fill(page, 2, "Curly kale", "3")
    press(page, "Add a line")
    expect(lines(page)).to_have_count(3)
    fill(page, 3, "Corn poppy", "1", "Meadow")
    expect_total(page, "6 packets, 16.70 €")
    press(page, "Move up: line 3")
    expect_line(page, 2, "poppy", "1", "Meadow")
    expect_line(page, 3, "kale", "3")
    press(page, "Move down: line 1")
    expect_line(page, 1, "poppy", "1", "Meadow")
    expect_line(page, 2, "beans", "2", "For the fence")
    press(page, "Remove: line 1")
    expect(lines(page)).to_have_count(2)
    expect_line(page, 1, "beans", "2", "For the fence")
    expect_line(page, 2, "kale", "3")
    press(page, "Order")
    expect(page.get_by_role("heading", name="On its way.")).to_be_visible()
    expect(page.locator(".booked li")).to_have_text(["2 Runner beans", "3 Curly kale"])
    page.get_by_role("link", name="Order more").click()
    expect(lines(page)).to_have_count(2)
    expect_line(page, 1, "", "1")


def test_what_components_say_arrives_in_the_form(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}order/")
    kale = card(page, "Curly kale")
    kale.get_by_role("button", name="More").click()
    kale.get_by_role("button", name="More").click()
    expect(kale.locator("output")).to_have_text("3")
    expect(card(page, "Corn poppy").locator("output")).to_have_text("1")
    press(page, "Put in Curly kale")
    expect(kale.locator("output")).to_have_text("1")
    expect_line(page, 1, "kale", "3")
    press(page, "Put in Curly kale")
    expect_line(page, 1, "kale", "4")
    press(page, "Put in Corn poppy")
    press(page, "Put in Runner beans")
    expect(lines(page)).to_have_count(3)
    expect_line(page, 2, "poppy", "1")
    expect_line(page, 3, "beans", "1")
    expect_total(page, "6 packets, 16.30 €")


def test_slots_hold_what_the_page_says(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}order/")
    expect(card(page, "Curly kale")).to_contain_text("Sweeter after the first frost. 2.80 €")
    expect_total(page, "0 packets, 0.00 €")
    fill(page, 1, "Corn poppy", "1")
    expect_total(page, "1 packet, 1.90 €")


def test_errors_stay_with_their_line(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}order/")
    fill(page, 1, "Curly kale", "2")
    fill(page, 2, "Runner beans", "99")
    problem = "Ensure this value is less than or equal to 20."
    expect(line(page, 2).locator(".errorlist")).to_have_text(problem)
    press(page, "Move up: line 2")
    expect(line(page, 1).locator(".errorlist")).to_have_text(problem)
    expect(line(page, 2).locator(".errorlist")).to_have_count(0)
    line(page, 1).get_by_label("Packets").fill("9")
    line(page, 1).get_by_label("Packets").press("Tab")
    expect(page.locator(".errorlist")).to_have_count(0)
    line(page, 2).get_by_label("Seed").select_option("beans")
    expect(line(page, 2).locator(".errorlist")).to_have_text("This seed is in another line.")


def test_typing_goes_on_while_another_line_goes(proxy: Proxy, open_page: OpenPage) -> None:
    proxy.latency_s = 0.3
    page = open_page(f"{proxy.url}order/")
    fill(page, 2, "Runner beans", "2")
    press(page, "Add a line")
    expect(lines(page)).to_have_count(3)
    page.get_by_role("button", name="Remove: line 3").evaluate("(button) => button.click()")
    note = line(page, 1).get_by_label("Label text")
    note.press_sequentially("By the gate", delay=60)
    expect(lines(page)).to_have_count(2)
    expect(note).to_have_value("By the gate")
    expect(note).to_be_focused()
    expect_line(page, 2, "beans", "2")


def test_a_drop_in_the_middle_keeps_lines_and_components(proxy: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{proxy.url}order/")
    fill(page, 1, "Runner beans", "2")
    card(page, "Corn poppy").get_by_role("button", name="More").click()
    expect(card(page, "Corn poppy").locator("output")).to_have_text("2")
    with proxy.down():
        expect(page.get_by_text("Reconnecting", exact=True)).to_be_visible()
        press(page, "Add a line")
        press(page, "Put in Corn poppy")
        line(page, 1).get_by_label("Label text").fill("For the fence")
        line(page, 1).get_by_label("Label text").press("Tab")
    wait_until_ready(page)
    expect(lines(page)).to_have_count(3)
    expect_line(page, 1, "beans", "2", "For the fence")
    expect_line(page, 2, "poppy", "2")
    expect(card(page, "Corn poppy").locator("output")).to_have_text("1")


def test_a_restart_keeps_lines_and_components(own_server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{own_server.url}order/")
    press(page, "Put in Curly kale")
    expect_line(page, 1, "kale", "1")
    card(page, "Corn poppy").get_by_role("button", name="More").click()
    expect(card(page, "Corn poppy").locator("output")).to_have_text("2")
    own_server.kill()
    expect(page.get_by_text("Reconnecting", exact=True)).to_be_visible()
    own_server.start()
    wait_until_ready(page)
    press(page, "Put in Corn poppy")
    expect_line(page, 1, "kale", "1")
    expect_line(page, 2, "poppy", "2")


def test_leaving_asks_while_something_is_unsaved(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}order/")
    assert not page.evaluate(WOULD_ASK)
    note = line(page, 1).get_by_label("Label text")
    note.fill("By the gate")
    page.wait_for_function(WOULD_ASK)
    note.press("Tab")
    expect(page.locator("form.order")).to_have_attribute("dj-unsaved-guard", "True")
    assert page.evaluate(WOULD_ASK)
    fill(page, 1, "Curly kale", "2")
    press(page, "Order")
    expect(page.get_by_role("heading", name="On its way.")).to_be_visible()
    assert not page.evaluate(WOULD_ASK)


def test_the_browser_really_asks(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}order/")
    line(page, 1).get_by_label("Label text").fill("By the gate")
    page.wait_for_function(WOULD_ASK)
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.get_by_role("navigation").get_by_role("link", name="Counter").click(no_wait_after=True)
    page.wait_for_function("() => true")
    expect(line(page, 1).get_by_label("Label text")).to_have_value("By the gate")
    assert asked == ["beforeunload"]


def test_the_same_form_works_without_scripts(server: DemoServer, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{server.url}order/")
        line(page, 1).get_by_label("Seed").select_option("kale")
        line(page, 2).get_by_label("Seed").select_option("kale")
        press(page, "Order")
        expect(line(page, 2).locator(".errorlist")).to_have_text("This seed is in another line.")
        expect_line(page, 1, "kale", "1")
        line(page, 2).get_by_label("Seed").select_option("poppy")
        press(page, "Order")
        expect(page.locator(".booked li")).to_have_text(["1 Curly kale", "1 Corn poppy"])
        page.get_by_role("link", name="Order more").click()
        expect_line(page, 1, "", "1")
    finally:
        context.close()
