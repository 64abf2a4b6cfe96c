"""What the audit says of components and nested views: they are as open as what is around them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from django.contrib.auth.models import Group
from django.test import override_settings
from django.urls import path
from djust_live import LiveComponent, LiveView
from djust_live.checks import audit
from djust_live.decorators import event_handler


class Part(LiveComponent):
    template = "<b>x</b>"
    size = 1

    @event_handler
    def store(self) -> None:
        Group.objects.create(name="x")


class Inner(LiveView):
    template = """{% load djust %}<p>{% live_component "test_checks_parts.Part" id="a" %}
        {% endlive_component %}</p>"""


class Outer(LiveView):
    template = """{% load djust %}<main>{% live_render "test_checks_parts.Inner" id="b" %}</main>"""


class Closed(Outer):
    login_required = True


def audited(*patterns: Any) -> tuple[list[audit.ViewEntry], list[str]]:
    module = ModuleType("parts_urls")
    module.__dict__["urlpatterns"] = list(patterns)
    with override_settings(ROOT_URLCONF=module):
        return audit.entries(), [str(message.id) for message in audit.trusting()]


def test_what_is_inside_of_a_view_is_listed_and_as_guarded_as_the_view() -> None:
    entries, found = audited(path("", Closed.as_view()))

    assert [(entry.view.rpartition(".")[2], entry.url) for entry in entries] == [
        ("Closed", "/"),
        ("Inner", "inside Closed"),
        ("Part", "inside Closed"),
    ]
    assert [handler.name for handler in entries[-1].handlers] == ["store"]
    assert entries[-1].state == ("size",)
    assert found == []
    assert audited(path("", Closed.as_view()), path("b/", Outer.as_view()))[1] == ["djust.A002"]
