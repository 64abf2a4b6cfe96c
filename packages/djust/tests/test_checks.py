"""System checks with the engine that can explain its templates."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from django.test import override_settings
from django.urls import path
from djust import LiveView
from djust_live.checks.textual import check_textual


class Page(LiveView):
    template = "<p>{{ name }}</p>\n<{{ tag }}>one</{{ tag }}>"
    name = tag = "b"


class Plain(LiveView):
    template = "<p>{{ name }}</p>{% for one in name %}<i>{{ one }}</i>{% endfor %}"
    name = "b"


def told(view: Any) -> list[str]:
    module = ModuleType("explained_urls")
    module.__dict__["urlpatterns"] = [path("", view.as_view())]
    engine = {"BACKEND": "djust_templates.DjustTemplates"}
    with override_settings(ROOT_URLCONF=module, TEMPLATES=[engine]):
        return [f"{message.id} {message.msg}" for message in check_textual()]


def test_regions_that_stay_textual_are_told() -> None:
    (message,) = told(Page)

    assert message.startswith("djust.T009")
    assert ":2 " in message


def test_what_is_known_before_rendering_is_not() -> None:
    assert told(Plain) == []
