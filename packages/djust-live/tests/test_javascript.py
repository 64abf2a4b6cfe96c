from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from djust_live import JS, LiveView
from djust_testing import LiveViewTestClient


class Menu(LiveView):
    opening = JS.show("#menu")
    template = "<main><a dj-click=\"{{ opening }}\" title='{{ closing }}'>x</a></main>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.closing = JS.hide("#menu")


@pytest.mark.parametrize(
    ("chain", "commands"),
    [
        (JS(), []),
        (JS.show("#x").focus(), [["show", {"to": "#x"}], ["focus"]]),
        (JS().hide(time_ms=30, transition="fade"), [["hide", {"transition": "fade", "time": 30}]]),
        (JS.toggle(display="flex"), [["toggle", {"display": "flex"}]]),
        (JS.add_class(["a", "b"]), [["add_class", {"names": "a b"}]]),
        (
            JS.remove_class("a", to={"closest": "li"}).toggle_class("b", to={"inner": "p"}),
            [
                ["remove_class", {"names": "a", "to": {"closest": "li"}}],
                ["toggle_class", {"names": "b", "to": {"inner": "p"}}],
            ],
        ),
        (JS.set_attribute("open"), [["set_attribute", {"name": "open", "value": ""}]]),
        (JS.remove_attribute("open"), [["remove_attribute", {"name": "open"}]]),
        (
            JS.transition(["a", "b", "c"], "#x"),
            [["transition", {"transition": ["a", "b", "c"], "to": "#x"}]],
        ),
        (
            JS.dispatch("add", detail={"price": Decimal("1.50")}),
            [["dispatch", {"event": "add", "detail": {"price": "1.50"}}]],
        ),
        (
            JS.push("save", {"id": 3}, target="box").navigate("/next/"),
            [
                ["push", {"event": "save", "value": {"id": 3}, "target": "box"}],
                ["navigate", {"href": "/next/"}],
            ],
        ),
    ],
)
def test_a_chain_is_a_list_of_commands(chain: JS, commands: list[Any]) -> None:
    assert json.loads(str(chain)) == commands


def test_a_chain_is_not_changed_by_its_next_command() -> None:
    start = JS.show("#x")
    assert start.hide("#y") != start == JS.show("#x")
    assert hash(start) == hash(JS.show("#x"))


def test_commands_say_what_they_do() -> None:
    assert JS.show.__doc__ == "Show elements, with a transition if one is given."


def test_a_page_prints_chains_and_keeps_them() -> None:
    with LiveViewTestClient(Menu) as page:
        page.mount()
        link = page.find("a")
        assert json.loads(link["dj-click"]) == [["show", {"to": "#menu"}]]
        page.restart_server()
        assert json.loads(page.find("a")["title"]) == [["hide", {"to": "#menu"}]]
