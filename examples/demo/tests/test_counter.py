"""The counter's handlers."""

from __future__ import annotations

from collections.abc import Callable

from pages.counter import CounterView


def test_buttons_move_by_the_step(mounted: Callable[[type[CounterView]], CounterView]) -> None:
    view = mounted(CounterView)
    view.increment()
    view.set_step(5)
    view.increment()
    view.increment()
    view.decrement()
    assert view.count == 6
    view.reset()
    assert (view.count, view.step) == (0, 5)
