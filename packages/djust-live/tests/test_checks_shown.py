"""Checks look at what views show by name, too: components, nested views, included rows."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from django.core.checks import CheckMessage
from django.test import override_settings
from django.urls import path
from djust_live import LiveComponent, LiveView
from djust_live.checks import CHECKS
from djust_live.checks.places import Place, place_of
from djust_live.decorators import event_handler


class Stars(LiveComponent):
    template = """<p><b dj-click="mroe"></b><b dj-click="plain"></b><b dj-click="rate(1, 2)"></b>
        <img src="star.png"></p>"""

    @event_handler
    def more(self) -> None:
        pass

    @event_handler
    def rate(self, stars: int) -> None:
        pass

    @event_handler
    def forgotten(self) -> None:
        pass

    def plain(self) -> None:
        pass


class Clock(LiveView):
    template = """{% load djust %}<div>{{ tmie }}<b dj-click="tick"></b>
        {% live_component "test_checks_shown.Stars" id="b" %}{% endlive_component %}</div>"""
    time = 0


class Shop(LiveView):
    template = """{% load djust %}<main>
        {% live_component "test_checks_shown.Stars" id="a" %}<b dj-click="rate(3)"></b>{% endlive_component %}
        {% live_render "test_checks_shown.Clock" id="c" %}{% live_render "nowhere.View" id="d" %}
        {% live_component "nowhere" id="e" %}{% endlive_component %}</main>"""


class Broken(LiveView):
    template = "<p>{% if %}</p>"


class Rows(LiveView):
    template = "<ul>{% for row in rows %}{% include 'row.html' %}{% endfor %}</ul>"
    rows = ()


def found(*views: type[LiveView], **settings: Any) -> list[CheckMessage]:
    module = ModuleType("shown_urls")
    module.__dict__["urlpatterns"] = [path(f"{view.__name__}/", view.as_view()) for view in views]
    with override_settings(ROOT_URLCONF=module, **settings):
        return [message for check in CHECKS for message in check()]


def test_templates_of_components_and_nested_views_are_looked_at_once() -> None:
    texts = sorted(f"{message.id} {message.msg}" for message in found(Shop))

    assert texts == [
        "djust.Q004 Stars has an image without alt.",
        "djust.T001 Clock:1 calls tick, which Clock has not.",
        "djust.T001 Stars:1 calls mroe, which Stars has not.",
        "djust.T002 Stars:1 calls Stars.plain, which is not marked.",
        "djust.T003 Clock shows tmie, which Clock does not set.",
        "djust.T004 Stars:1 calls rate with 2 arguments; the handler takes stars.",
        "djust.V006 Nothing in the templates of Stars calls forgotten.",
    ]


def test_what_is_wrong_in_a_template_of_a_class_is_where_the_class_is() -> None:
    (message,) = [one for one in found(Clock) if one.id == "djust.T003"]
    place = place_of(message.obj)
    assert isinstance(place, Place)
    assert place.name == __file__
    assert place.line > 1


def test_a_template_that_cannot_be_compiled_is_named() -> None:
    (message,) = found(Broken)
    assert message.id == "djust.V002"
    assert "Broken has a broken template" in message.msg


def test_rows_that_are_included_need_keys_too() -> None:
    backend = "django.template.backends.django.DjangoTemplates"
    loader = "django.template.loaders.locmem.Loader"

    def ids(row: str) -> list[str]:
        options = {"loaders": [(loader, {"row.html": row})]}
        engines = [{"BACKEND": backend, "OPTIONS": options}]
        return [str(message.id) for message in found(Rows, TEMPLATES=engines)]

    assert ids("<li><input aria-label='a'></li>") == ["djust.T006"]
    assert ids("<li dj-key='{{ row }}'><input aria-label='a'></li>") == []


class Silent(LiveView):  # noqa: djust.V001
    @event_handler
    def lost(self) -> None:  # noqa: djust.V006, E501
        pass


class Loud(LiveView):  # noqa: djust.V002
    pass


class Unbound(LiveView):
    template = "<p></p>"

    @event_handler(  # noqa: djust.V006
        description="x"
    )
    def lost(self) -> None:
        pass

    @event_handler
    def kept(self) -> None:
        pass


def test_the_head_of_a_class_or_a_handler_leaves_checks_out() -> None:
    assert found(Silent) == []
    assert [message.id for message in found(Loud)] == ["djust.V001"]
    (message,) = found(Unbound)
    assert message.msg.endswith("calls kept.")
    place = place_of(message.obj)
    assert isinstance(place, Place)
    assert "event_handler" in Path(__file__).read_text().splitlines()[place.line - 1]


class Moutn(LiveView):
    template = "<p></p>"

    def moutn(self, request: Any, **kwargs: Any) -> None:
        self.count = 0


class Unset(LiveView):
    template = '<p dj-click="add"></p>'

    @event_handler
    def add(self) -> None:
        self.count += 1  # type: ignore[attr-defined]


class OnClass(LiveView):
    template = '<p dj-click="add"></p>'
    count = 0

    @event_handler
    def add(self) -> None:
        self.count += 1
        self.amount(2)

    def amount(self, number: int) -> None:
        self.total = number
        self.total += 1

    def unmount(self) -> None:
        pass


class Inherited(OnClass):
    @event_handler
    def more(self) -> None:  # noqa: djust.V006
        self.count += 2


def test_a_view_that_misses_its_mount_is_named() -> None:
    (message,) = found(Moutn)
    assert (message.id, "where it says moutn" in str(message.hint)) == ("djust.V010", True)
    (message,) = found(Unset)
    assert (message.id, "changes count" in str(message.hint)) == ("djust.V010", True)
    assert found(OnClass, Inherited) == []
