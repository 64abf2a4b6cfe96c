"""A smoke run of the demo in Firefox: events, typed text, drops, and no policy violation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.firefox.bidi import Firefox, executable
from tests.browser.proxy import Proxy

READY = "document.body.matches('.dj-connected:not(.dj-disconnected)')"
CLICK = """([selector, times]) => {
  for (let click = 0; click < times; click += 1) document.querySelector(selector).click();
}"""
WATCH = """() => {
  globalThis.violations = [];
  document.addEventListener("securitypolicyviolation", (event) =>
    globalThis.violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
}"""
# What a person does, as far as scripts can do it: focus, text, caret, and the events of these.
TYPE = """([selector, text, caret]) => {
  const field = document.querySelector(selector);
  field.focus();
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  field.setSelectionRange(caret, caret);
  globalThis.typed = field;
}"""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with Firefox(executable(), tmp_path_factory.mktemp("firefox")) as browser:
        yield browser


@pytest.fixture
def visit(firefox: Firefox, proxy: Proxy) -> Iterator[Visit]:
    made = Visit(firefox, proxy)
    yield made
    assert firefox.evaluate("() => globalThis.violations") == []


class Visit:
    """A page of the demo in Firefox."""

    def __init__(self, firefox: Firefox, proxy: Proxy) -> None:
        self._firefox = firefox
        self._proxy = proxy

    def open(self, path: str) -> None:
        """Load a page and wait until its events are handled."""
        self._firefox.open(f"{self._proxy.url}{path}")
        self._firefox.evaluate(WATCH)
        self.until(READY)

    def click(self, selector: str, times: int = 1) -> None:
        """Click so many times in one task."""
        self._firefox.evaluate(CLICK, [selector, times])

    def type(self, selector: str, text: str, caret: int) -> None:
        """Leave this text in a field, which keeps the focus."""
        self._firefox.evaluate(TYPE, [selector, text, caret])

    def until(self, condition: str) -> None:
        """Wait until a JavaScript expression is true."""
        met = self._firefox.evaluate(
            f"""async () => {{
              const end = Date.now() + 30_000;
              while (!({condition})) {{
                if (Date.now() > end) return false;
                await new Promise((resolve) => setTimeout(resolve, 20));
              }}
              return true;
            }}"""
        )
        assert met, f"never true: {condition}"


def counter_is(count: int) -> str:
    return f"document.querySelector('.counter-value').textContent === '{count}'"


def test_twenty_clicks_count_twenty(visit: Visit) -> None:
    visit.open("counter/")
    visit.click("[dj-click=increment]", 20)
    visit.until(counter_is(20))


def test_clicks_during_a_drop_count(visit: Visit, proxy: Proxy) -> None:
    visit.open("counter/")
    visit.click("[dj-click=increment]", 2)
    visit.until(counter_is(2))
    with proxy.down():
        visit.until("document.body.matches('.dj-disconnected')")
        visit.click("[dj-click=increment]", 3)
    visit.until(counter_is(5))
    visit.until(READY)


def test_rows_move_under_what_is_typed(visit: Visit) -> None:
    visit.open("todo/")
    visit.type(".task:nth-child(2) .task-title", "Half a sentence", 6)
    visit.click(".task:nth-child(2) [aria-label^='Move up']")
    visit.until("document.querySelector('.task:nth-child(1) .task-title') === globalThis.typed")
    visit.until("document.activeElement === globalThis.typed")
    visit.until("globalThis.typed.value === 'Half a sentence'")
    visit.until("globalThis.typed.selectionStart === 6")


def test_a_thousand_rows_are_sorted(visit: Visit) -> None:
    visit.open("table/")
    visit.click("thead th:nth-child(1) button")
    visit.until("document.querySelector('[aria-sort=ascending]')")
    visit.until("document.querySelector('tbody th').textContent === 'Amber Dawn'")


def test_a_touched_field_complains(visit: Visit) -> None:
    visit.open("form/")
    visit.type("#id_name", "Ada", 3)
    visit.type("#id_note", "typing goes on", 4)
    visit.until("document.querySelectorAll('.errorlist').length === 0")
    visit.click("[type=checkbox]")
    visit.until("document.querySelector('#id_note').value === 'typing goes on'")
    visit.until("document.activeElement.id === 'id_note'")
    visit.click("form button")
    visit.until("document.querySelectorAll('.errorlist').length === 4")
    visit.until("document.querySelector('#id_name').value === 'Ada'")
