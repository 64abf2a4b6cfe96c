"""Live views inside of others: each answers for itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from djust_live import LiveView
from djust_live.decorators import event_handler
from djust_testing import EventFailed, Impossible
from djust_testing.snapshots import lines_of


class Leaf(LiveView):
    template = """<div><i class="{{ name }}">{{ count }}</i>
        <button class="add {{ name }}" dj-click="add">+</button>
        <button class="fail {{ name }}" dj-click="fail">!</button>
        <input class="word {{ name }}" dj-model="word"><u class="{{ name }}">{{ word }}</u></div>"""

    def mount(self, request: HttpRequest, name: str = "", **kwargs: Any) -> None:
        self.name, self.count, self.word = name, 0, ""

    @event_handler
    def add(self) -> None:
        self.count += 1
        self.put_flash("info", f"{self.name} added")

    @event_handler
    def fail(self) -> None:
        raise ValueError("broken inside")


class Branch(LiveView):
    template = """{% load djust %}<div>{% live_render "test_nests.Leaf" id="deep" name="deep" %}
        <b class="branch">{{ count }}</b><button class="branch add" dj-click="add">+</button></div>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.count = 0

    @event_handler
    def add(self) -> None:
        self.count += 10


class Tree(LiveView):
    template = """{% load djust %}<main><b id="own">{{ count }}</b>
        <button id="own-add" dj-click="add">+</button><button id="prune" dj-click="prune">-</button>
        {% for name in names %}<section>{% live_render "test_nests.Leaf" id=name name=name %}</section>
        {% endfor %}{% live_render "test_nests.Branch" id="branch" %}</main>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.count, self.names = 0, ["left", "right"]

    @event_handler
    def add(self) -> None:
        self.count += 100

    @event_handler
    def prune(self) -> None:
        self.names = ["right", "new"]


def shown(page: Any) -> list[str]:
    return [
        page.find(one).get_text() for one in ("#own", "i.left", "i.right", "b.branch", "i.deep")
    ]


def test_a_click_reaches_the_view_that_it_is_in(live_client: Any) -> None:
    page = live_client(Tree)

    page.click("button.add.left")
    page.click("button.add.deep")
    page.click("button.add.branch")
    page.click("#own-add")
    page.click("button.add.deep")

    assert shown(page) == ["100", "1", "0", "10", "2"]
    page.assert_state(count=100)
    page.nested("i.deep").assert_state(count=2, name="deep")
    page.assert_flash("left added")


def test_a_model_inside_is_that_of_the_view_inside(live_client: Any) -> None:
    page = live_client(Tree)
    page.change(".word.right", "hello")
    assert page.find("u.right").get_text() == "hello"
    assert page.find("u.left").get_text() == ""


def test_views_inside_come_and_go(live_client: Any) -> None:
    page = live_client(Tree)
    page.click("button.add.right")

    page.click("#prune")
    page.click("button.add.new")
    page.click("button.add.new")

    assert page.find_all("i.left") == []
    assert [page.find(f"i.{name}").get_text() for name in ("right", "new")] == ["1", "2"]


def test_a_failure_inside_is_one_of_the_test(live_client: Any) -> None:
    page = live_client(Tree)
    with pytest.raises(EventFailed) as failure:
        page.click(".fail.left")
    assert isinstance(failure.value.__cause__, ValueError)


def test_views_inside_survive_a_drop_with_the_page(live_client: Any) -> None:
    page = live_client(Tree)
    page.click("button.add.deep")
    page.drop()
    with pytest.raises(Impossible, match="not connected"):
        page.click("button.add.deep")
    page.reconnect()
    page.click("button.add.deep")
    assert page.find("i.deep").get_text() == "2"


def test_a_restarted_server_mounts_what_is_inside_again(live_client: Any) -> None:
    page = live_client(Tree)
    page.click("button.add.left")
    page.restart_server()
    page.reconnect()
    page.click("button.add.left")
    assert page.find("i.left").get_text() == "1"


def test_an_element_outside_is_in_no_nested_view(live_client: Any) -> None:
    page = live_client(Tree)
    with pytest.raises(Impossible, match="in no nested view"):
        page.nested("#own")


def test_snapshots_of_nested_views_are_steady(live_client: Any) -> None:
    assert lines_of(live_client(Tree).html) == lines_of(live_client(Tree).html)
