"""Calls that wait: debounce and throttle."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.ops.conftest import LivePage

Open = Callable[[str], LivePage]
LOADED = """performance.getEntriesByType("resource")
  .some(({ name }) => name.includes("/timing.js"))"""


# Letters that are typed with nothing in between, however busy the machine is.
BURST = """text => {
  const input = document.querySelector("input");
  for (const letter of text) {
    input.value += letter;
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}"""


def values(view: LivePage) -> list[object]:
    """Return the values that events carried."""
    return [frame[4].get("value") for frame in view.frames if frame[0] == "event"]


def test_debounce_sends_the_last_of_a_burst(live: Open) -> None:
    view = live('<input dj-input="search" dj-debounce="150">')
    view.page.evaluate(BURST, "abc")
    view.wait_for_event()
    assert values(view) == ["abc"]


def test_a_decisive_event_sends_what_waits_first(live: Open) -> None:
    view = live(
        """<form dj-submit="save"><input dj-input="check" dj-debounce="60000">
        <button>x</button></form>"""
    )
    view.page.type("input", "ab")
    view.page.click("button")
    view.wait_for_event(2)
    assert [name for name, _ in view.events] == ["check", "save"]


def test_leaving_the_page_sends_what_waits(live: Open) -> None:
    view = live('<input dj-input="check" dj-debounce="60000">')
    view.page.type("input", "ab")
    view.page.evaluate("() => { dispatchEvent(new PageTransitionEvent('pagehide')); }")
    view.wait_for_event()
    assert values(view) == ["ab"]
    assert ["leave"] in view.frames


def test_debounce_until_the_visitor_leaves_the_field(live: Open) -> None:
    view = live('<input dj-input="check" dj-debounce="blur"><button>x</button>')
    view.page.type("input", "ab")
    view.page.focus("button")
    view.wait_for_event()
    assert values(view) == ["ab"]


def test_throttle_sends_the_first_at_once_and_the_last_later(live: Open) -> None:
    view = live('<input dj-input="search" dj-throttle="300">')
    view.page.evaluate(BURST, "abc")
    view.wait_for_event(2)
    assert values(view) == ["a", "abc"]


def test_the_decorator_of_a_handler_counts_too(live: Open) -> None:
    view = live('<input dj-input="search">')
    view.send("push", 0, [], {"policies": {"search": {"debounce": [150, None]}}})
    view.until(LOADED)
    view.page.evaluate(BURST, "abc")
    view.wait_for_event()
    assert values(view) == ["abc"]


def test_debounce_does_not_wait_longer_than_its_limit(live: Open) -> None:
    view = live('<input dj-input="search">')
    view.send("push", 0, [], {"policies": {"search": {"debounce": [60000, 100]}}})
    view.until(LOADED)
    view.page.type("input", "a")
    view.wait_for_event()
    assert values(view) == ["a"]
