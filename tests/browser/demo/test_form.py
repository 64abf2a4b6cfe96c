"""The form: checked field by field, and never at the cost of what is being typed."""

from __future__ import annotations

import datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy


def next_monday() -> datetime.date:
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    return today + datetime.timedelta(days=7 - today.weekday())


def errors(page: Page) -> Locator:
    return page.locator(".errorlist li")


def leave(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label)
    field.fill(text)
    field.press("Tab")


def fill_in(page: Page) -> None:
    monday = next_monday()
    leave(page, "Your name", "Ada Lovelace")
    leave(page, "E-mail", "ada@example.org")
    leave(page, "First day", monday.isoformat())
    leave(page, "Last day", (monday + datetime.timedelta(days=2)).isoformat())
    page.get_by_label("I leave the desk").check()


def test_only_fields_that_were_touched_complain(network: Proxy, open_page: OpenPage) -> None:
    page = open_page(f"{network.url}form/")
    expect(errors(page)).to_have_count(0)
    leave(page, "Your name", "Ada")
    expect(errors(page)).to_have_text(["Please give your first and last name."])
    leave(page, "E-mail", "ada")
    expect(errors(page)).to_have_text(
        ["Please give your first and last name.", "Enter a valid email address."]
    )
    leave(page, "Your name", "Ada Lovelace")
    expect(errors(page)).to_have_text(["Enter a valid email address."])
    leave(page, "E-mail", "ada@example.org")
    expect(errors(page)).to_have_count(0)


def test_rules_between_fields_complain_at_a_touched_field(
    network: Proxy, open_page: OpenPage
) -> None:
    page = open_page(f"{network.url}form/")
    monday = next_monday()
    leave(page, "Last day", (monday - datetime.timedelta(days=1)).isoformat())
    leave(page, "First day", monday.isoformat())
    expect(errors(page)).to_have_text(["The last day is before the first."])
    leave(page, "Last day", monday.isoformat())
    expect(errors(page)).to_have_count(0)


def test_an_error_is_tied_to_its_field(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}form/")
    field = page.get_by_label("E-mail")
    leave(page, "E-mail", "ada")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        "Your confirmation goes here. Enter a valid email address."
    )
    leave(page, "E-mail", "ada@example.org")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("Your confirmation goes here.")


def test_typing_goes_on_while_the_last_field_is_checked(proxy: Proxy, open_page: OpenPage) -> None:
    proxy.latency_s = 0.3
    page = open_page(f"{proxy.url}form/")
    leave(page, "Your name", "Ada")
    email = page.get_by_label("E-mail")
    email.press_sequentially("ada@example.org", delay=50)
    expect(errors(page)).to_have_text(["Please give your first and last name."])
    expect(email).to_have_value("ada@example.org")
    expect(email).to_be_focused()
    page.keyboard.type("/")
    expect(email).to_have_value("ada@example.org/")


def test_a_field_typed_in_again_before_its_answer_keeps_the_new_text(
    proxy: Proxy, open_page: OpenPage
) -> None:
    proxy.latency_s = 0.3
    page = open_page(f"{proxy.url}form/")
    name = page.get_by_label("Your name")
    leave(page, "Your name", "Ada")
    name.focus()
    page.keyboard.press("End")
    page.keyboard.type(" Lovelace")
    expect(errors(page)).to_have_text(["Please give your first and last name."])
    expect(name).to_have_value("Ada Lovelace")
    expect(name).to_be_focused()
    name.press("Tab")
    expect(errors(page)).to_have_count(0)
    expect(name).to_have_value("Ada Lovelace")


def test_a_complete_form_is_taken_and_can_be_filled_in_again(
    network: Proxy, open_page: OpenPage
) -> None:
    page = open_page(f"{network.url}form/")
    fill_in(page)
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_role("heading", name="See you soon, Ada Lovelace")).to_be_visible()
    expect(page.get_by_text(next_monday().isoformat())).to_be_visible()
    page.get_by_role("button", name="Book another").click()
    expect(page.get_by_label("Your name")).to_have_value("")
    expect(page.get_by_label("I leave the desk")).not_to_be_checked()
    expect(errors(page)).to_have_count(0)


def test_an_incomplete_form_shows_what_is_missing_and_keeps_the_rest(
    network: Proxy, open_page: OpenPage
) -> None:
    page = open_page(f"{network.url}form/")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Desks").fill("4")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(errors(page)).to_have_count(5)
    expect(page.locator(".field-note .errorlist")).to_have_text(
        "Please tell us who will sit where."
    )
    expect(page.get_by_label("Your name")).to_have_value("Ada Lovelace")
    expect(page.get_by_label("Desks")).to_have_value("4")


@pytest.mark.parametrize("leave_field", [True, False], ids=["left", "still in it"])
def test_a_drop_keeps_the_half_filled_form(
    proxy: Proxy, open_page: OpenPage, leave_field: bool
) -> None:
    page = open_page(f"{proxy.url}form/")
    fill_in(page)
    note = page.get_by_label("Note")
    with proxy.down():
        expect(page.get_by_text("Reconnecting", exact=True)).to_be_visible()
        note.press_sequentially("The quiet corner")
        if leave_field:
            note.press("Tab")
    wait_until_ready(page)
    expect(note).to_have_value("The quiet corner")
    expect(page.get_by_label("Your name")).to_have_value("Ada Lovelace")
    expect(page.get_by_label("I leave the desk")).to_be_checked()
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_role("heading", name="See you soon")).to_be_visible()


def test_the_same_page_works_without_scripts(server: DemoServer, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{server.url}form/")
        monday = next_monday()
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("E-mail").fill("ada@example.org")
        page.get_by_role("button", name="Book", exact=True).click()
        expect(errors(page).first).to_have_text("Please give your first and last name.")
        expect(page.get_by_label("E-mail")).to_have_value("ada@example.org")
        page.get_by_label("Your name").fill("Ada Lovelace")
        page.get_by_label("First day").fill(monday.isoformat())
        page.get_by_label("Last day").fill(monday.isoformat())
        page.get_by_label("I leave the desk").check()
        page.get_by_role("button", name="Book", exact=True).click()
        expect(page.get_by_role("heading", name="See you soon, Ada Lovelace")).to_be_visible()
    finally:
        context.close()


def test_a_page_that_was_posted_goes_on_live(server: DemoServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}form/")
    page.get_by_label("Your name").fill("Ada")
    with page.expect_navigation():
        page.evaluate("document.querySelector('form.booking').submit()")
    wait_until_ready(page)
    expect(errors(page).first).to_have_text("Please give your first and last name.")
    leave(page, "Your name", "Ada Lovelace")
    expect(errors(page).first).to_have_text("This field is required.")
    expect(page.get_by_label("Your name")).to_have_value("Ada Lovelace")
