"""Random journeys over a random network, from fixed seeds, against a model of the outcome."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.proxy import Proxy

Model = list[tuple[str, bool]]

STEPS = 40
SEEDS = pytest.mark.parametrize("seed", range(6))
CLICK = """([selector, times]) => {
  for (let click = 0; click < times; click += 1) document.querySelector(selector).click();
}"""
# The rows as the visitor sees them now: title and whether it is done.
ROWS = """() => [...document.querySelectorAll(".task")].map((row) => [
  row.querySelector(".task-title").value, row.querySelector("[type=checkbox]").checked])"""
# Says whether the row was there: an answer that came just now may have taken it away.
CLICK_IN_ROW = """([title, selector]) => {
  const row = [...document.querySelectorAll(".task")]
    .find((row) => row.querySelector(".task-title").defaultValue === title);
  row?.querySelector(selector).click();
  return Boolean(row);
}"""


class Weather:
    """What a random network does between two actions of the visitor."""

    def __init__(self, proxy: Proxy, choose: random.Random) -> None:
        self._proxy = proxy
        self._choose = choose

    def change(self) -> None:
        """Let one thing happen to the network, or nothing."""
        happening: Callable[[], object] = self._choose.choice(
            [self._nothing, self._nothing, self._latency, self._proxy.cut, self._lossy, self._stall]
        )
        happening()

    def clear(self) -> None:
        """Make the network a good one again."""
        self._proxy.latency_s = 0.0
        self._proxy.cut_after = self._proxy.cut_answers_after = 0
        self._proxy.flow()

    def _nothing(self) -> None:
        self._proxy.flow()

    def _latency(self) -> None:
        self._proxy.latency_s = self._choose.choice([0.0, 0.02, 0.1])

    def _lossy(self) -> None:
        self._proxy.cut_after = self._choose.choice([0, 3, 4])
        self._proxy.cut_answers_after = self._choose.choice([0, 3, 4])

    def _stall(self) -> None:
        self._proxy.stall()


@SEEDS
def test_the_counter_equals_its_model(proxy: Proxy, open_page: OpenPage, seed: int) -> None:
    choose = random.Random(seed)
    weather = Weather(proxy, choose)
    page = open_page(f"{proxy.url}counter/")
    count, step = 0, 1
    for _ in range(STEPS):
        weather.change()
        times = choose.choice([1, 1, 2, 7])
        action = choose.choice(["increment", "increment", "decrement", "step"])
        if action == "step":
            step = choose.choice([1, 5, 10])
            page.get_by_role("radio", name=str(step), exact=True).check()
        else:
            count += times * step * (1 if action == "increment" else -1)
            page.evaluate(CLICK, [f"[dj-click={action}]", times])
    weather.clear()
    wait_until_ready(page)
    expect(page.locator(".counter-value")).to_have_text(str(count))
    expect(page.get_by_role("radio", name=str(step), exact=True)).to_be_checked()


@SEEDS
def test_the_task_list_equals_its_model(proxy: Proxy, open_page: OpenPage, seed: int) -> None:
    choose = random.Random(seed)
    weather = Weather(proxy, choose)
    page = open_page(f"{proxy.url}todo/")
    model: Model = [(title, done) for title, done in page.evaluate(ROWS)]
    for number in range(STEPS):
        weather.change()
        shown = [title for title, _ in page.evaluate(ROWS)]
        if number % 8 == 0 or not shown:
            weather.clear()
            _add(page, f"Task {number}")
            model.append((f"Task {number}", False))
            continue
        title = choose.choice(shown)
        selector, change = choose.choice(ACTIONS)
        if page.evaluate(CLICK_IN_ROW, [title, selector]):
            model = change(model, title)
    weather.clear()
    wait_until_ready(page)
    # A checkbox shows the click before the server knows of it, so wait for a last answer: leaving a page
    # gives up what was not answered.
    _add(page, "The last task")
    model.append(("The last task", False))
    _expect_rows(page, model)
    page.reload()
    wait_until_ready(page)
    _expect_rows(page, model)


def _expect_rows(page: Page, model: Model) -> None:
    expect(page.locator(".task")).to_have_count(len(model))
    for place, (title, done) in enumerate(model):
        row = page.locator(".task").nth(place)
        expect(row.locator(".task-title")).to_have_value(title)
        expect(row.get_by_role("checkbox")).to_be_checked(checked=done)


def _add(page: Page, title: str) -> None:
    """Add a task and wait for it: a form that waits for its answer takes no second submit."""
    page.get_by_label("New task").fill(title)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("checkbox", name=f"Done: {title}", exact=True)).to_be_attached()


def _toggled(model: Model, title: str) -> Model:
    return [(name, done != (name == title)) for name, done in model]


def _removed(model: Model, title: str) -> Model:
    return [(name, done) for name, done in model if name != title]


def _moved(model: Model, title: str, by: int) -> Model:
    moved = [*model]
    here = next((place for place, (name, _) in enumerate(model) if name == title), None)
    if here is not None and 0 <= here + by < len(model):
        moved[here], moved[here + by] = moved[here + by], moved[here]
    return moved


ACTIONS: list[tuple[str, Callable[[Model, str], Model]]] = [
    ("[aria-label^='Move up']", lambda model, title: _moved(model, title, -1)),
    ("[aria-label^='Move down']", lambda model, title: _moved(model, title, 1)),
    ("[type=checkbox]", _toggled),
    ("[type=checkbox]", _toggled),
    ("[aria-label^='Delete']", _removed),
]
