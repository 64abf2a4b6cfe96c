"""``{% memo %}``: rendered once for each value."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import TemplateSyntaxError, engines
from django.test import override_settings
from djust_live import LiveView, event_handler
from djust_live.errors import MemoValue
from djust_testing import LiveViewTestClient


class Rendered:
    """Counts how often it is printed."""

    def __init__(self) -> None:
        self.count = 0

    def __str__(self) -> str:
        self.count += 1
        return f"printed {self.count}"


class Board(LiveView):
    template = (
        "{% load djust %}<ul>{% for row in rows %}"
        "<li>{% memo row.version %}{{ row.shown }}{% endmemo %}</li>{% endfor %}</ul>"
        "<p>{{ title }}</p>"
    )

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.title = 0
        self.rows: Any = ()

    @event_handler
    def again(self) -> None:
        self.title += 1


def rows(*versions: Any) -> list[dict[str, Any]]:
    return [{"version": version, "shown": Rendered()} for version in versions]


def show(page: LiveViewTestClient, items: list[dict[str, Any]]) -> None:
    page.view.rows = items
    page.send_event("again")


@pytest.mark.parametrize("live", [True, False])
def test_a_part_is_rendered_once_for_each_value(live: bool) -> None:
    with override_settings(DJUST={"LIVE_TEMPLATES": live}), LiveViewTestClient(Board) as page:
        page.mount()
        items = rows(1, 2)
        show(page, items)
        show(page, items)
        assert page.html.count("printed 1") == 2
        items[0]["version"] = 3
        show(page, items)
        assert "<li>printed 2</li><li>printed 1</li>" in page.html
        # A value that was away for a render is rendered again.
        items[0]["version"] = 1
        show(page, items)
        assert "<li>printed 3</li><li>printed 1</li>" in page.html


def test_a_value_that_can_change_in_place_is_refused() -> None:
    template = engines.all()[0].from_string("{% load djust %}{% memo a %}x{% endmemo %}")
    assert template.render({"a": (1, "b")}) == "x"
    with pytest.raises(MemoValue, match="got a list"):
        template.render({"a": []})


def test_one_and_true_are_different_values() -> None:
    with LiveViewTestClient(Board) as page:
        page.mount()
        show(page, rows(1, True))
        assert page.html.count("printed 1") == 2


@pytest.mark.parametrize("source", ["{% memo %}{% endmemo %}", "{% memo a b %}{% endmemo %}"])
def test_it_takes_one_value(source: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="memo takes one value"):
        engines.all()[0].from_string("{% load djust %}" + source)
