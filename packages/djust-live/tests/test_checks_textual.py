"""Checks of templates that their engine explains, and of templates that others have written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import django.contrib.admin
import pytest
from django.template.loader import get_template
from django.test import override_settings
from django.urls import path
from djust_live import LiveView
from djust_live.checks import CHECKS, textual
from djust_live.checks.textual import check_textual

ADMIN = Path(django.contrib.admin.__file__).parent / "templates"


@dataclass
class Region:
    kind: str
    template: str = "Page"
    line: int = 1
    reason: str | None = None


@dataclass
class Explanation:
    lines: list[Region] = field(default_factory=list)
    unknown: str | None = None


class Explained:
    """A template of an engine that can explain."""

    def __init__(self, template: Any, explanation: Explanation) -> None:
        self.template = template.template
        self.origin = template.origin
        self._explanation = explanation

    def explain(self) -> Explanation:
        return self._explanation


class Page(LiveView):
    template = "<p>{{ a }}</p>\n<i {{ b }}></i>\n<b {{ c }}></b> {# noqa: djust.T009 #}"
    a = b = c = ""


def urls(*views: type[LiveView]) -> ModuleType:
    module = ModuleType("textual_urls")
    module.__dict__["urlpatterns"] = [path(f"{n}/", one.as_view()) for n, one in enumerate(views)]
    return module


def told(monkeypatch: pytest.MonkeyPatch, explanation: Explanation) -> list[str]:
    def explained(view: LiveView) -> Explained:
        return Explained(real(view), explanation)

    real = textual.template_of
    monkeypatch.setattr(textual, "template_of", explained)
    with override_settings(ROOT_URLCONF=urls(Page)):
        return [str(message.msg) for message in check_textual()]


def test_regions_that_stay_textual_are_told_with_their_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    regions = [Region("text"), Region("textual", line=2, reason="attributes"), Region("block")]

    (message,) = told(monkeypatch, Explanation(regions))
    assert message.startswith("Page:2 ")
    assert message.endswith("attributes.")


def test_a_template_that_is_not_known_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(told(monkeypatch, Explanation(unknown="its parent is a variable"))) == 1


def test_a_line_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, Explanation([Region("textual", line=3, reason="attributes")])) == []


def test_an_engine_that_explains_nothing_is_asked_nothing() -> None:
    with override_settings(ROOT_URLCONF=urls(Page)):
        assert check_textual() == []


def admin_templates() -> list[str]:
    names = (file.relative_to(ADMIN).as_posix() for file in ADMIN.rglob("*.html"))
    return sorted(names)


def test_nothing_is_said_of_the_templates_of_the_admin() -> None:
    views = [type("Page", (LiveView,), {"template_name": name}) for name in admin_templates()]
    apps = ["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes"]
    apps += ["django.contrib.messages", "django.contrib.sessions", "djust_live"]
    engine = "django.template.backends.django.DjangoTemplates"
    with override_settings(
        INSTALLED_APPS=apps,
        TEMPLATES=[{"BACKEND": engine, "APP_DIRS": True}],
        ROOT_URLCONF=urls(*views),
        SECURE_CSP={"default-src": ["'self'"]},
        ASGI_APPLICATION=f"{__name__}.live_application",
    ):
        assert get_template("admin/change_form.html")
        assert [message for check in CHECKS for message in check(app_configs=None)] == []


live_application = None
