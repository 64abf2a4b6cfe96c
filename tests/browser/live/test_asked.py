"""Several forms on one page: each goes to its own component, with JavaScript and without."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser.demo.conftest import OpenPage
from tests.browser.demo.server import DemoServer
from tests.browser.proxy import Proxy


def ask(page: Page, whose: str, word: str) -> None:
    form = page.get_by_role("form", name=whose, exact=True)
    form.get_by_label("Word").fill(word)
    form.get_by_role("button", name="Ask").click()


def errors(page: Page) -> list[str]:
    """Return whose forms show an error."""
    shown: list[str] = page.locator("form:has(.errorlist)").evaluate_all(
        "(forms) => forms.map((form) => form.getAttribute('aria-label'))"
    )
    return shown


def use(page: Page) -> None:
    for whose in ("b", "a", "own"):
        ask(page, whose, "no")
        expect(page.locator(f'form[aria-label="{whose}"] .errorlist')).to_be_visible()
        assert whose in errors(page)
        ask(page, whose, "yes")
        expect(page.locator("#asked")).to_have_text(f"{whose}: yes")
        assert whose not in errors(page)


def test_each_form_reaches_its_own(proxy: Proxy, open_page: OpenPage) -> None:
    use(open_page(f"{proxy.url}asked/"))


def test_each_form_reaches_its_own_without_scripts(server: DemoServer, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{server.url}asked/")
        use(page)
        # The page of the POST shows one form's answer; a page is as new as in any Django site.
        expect(page.locator("output").first).to_have_text("")
    finally:
        context.close()
