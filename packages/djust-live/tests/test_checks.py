"""System checks: each one is triggered once, and kept quiet once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.checks import CheckMessage
from django.test import override_settings
from django.urls import path
from djust_live import LiveView
from djust_live.checks import CHECKS
from djust_live.checks import deployment as deployment_checks
from djust_live.checks.catalogue import CATALOGUE, CATEGORIES
from djust_live.checks.templates import bindings_of
from djust_live.decorators import event_handler
from djust_live.extensions import Extension


class Good(LiveView):
    template = """{# <b dj-click="gone">, a comment #}
        <button dj-click="add(2, '>')">+</button><form dj-submit='add' dj-change.debounce="add">
        <i dj-click="{{ handler }}"></i><i dj-click='[["show", {}]]'></i><i dj-click="a_{{ b }}">
        <i dj-target="other" dj-click="theirs"></i><i dj-click="odd"></i> {# noqa: djust.T001 #}"""

    handler = b = "add"

    @event_handler
    def add(self, step: int = 1, text: str = "") -> None:
        pass


def urls(*views: type[LiveView]) -> ModuleType:
    module = ModuleType("checked_urls")
    module.__dict__["urlpatterns"] = [
        path(f"{number}/", view.as_view()) for number, view in enumerate(views)
    ]
    return module


def run(**settings: Any) -> list[CheckMessage]:
    with override_settings(**{"ROOT_URLCONF": urls(), **settings}):
        return [message for check in CHECKS for message in check(app_configs=None)]


def ids(**settings: Any) -> list[str]:
    return [str(message.id) for message in run(**settings)]


def test_a_sound_project_gets_no_message() -> None:
    assert run(ROOT_URLCONF=urls(Good)) == []


def test_a_setting_that_is_no_dict_is_refused() -> None:
    assert ids(DJUST=["GRACE_S"]) == ["djust.C001"]


def test_a_misspelt_setting_is_named() -> None:
    (message,) = run(DJUST={"GRACE": 5})

    assert message.id == "djust.C002"
    assert "GRACE_S" in str(message.hint)


def test_a_layer_in_memory_is_for_development() -> None:
    layer = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

    assert ids(CHANNEL_LAYERS=layer, DEBUG=False) == ["djust.C003"]
    assert ids(CHANNEL_LAYERS=layer, DEBUG=True) == []


def test_the_core_layer_needs_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment_checks, "version", lambda name: "8.1.0")
    backend = "channels_redis.core.RedisChannelLayer"
    few = {"default": {"BACKEND": backend, "CONFIG": {"hosts": [("localhost", 6379)]}}}
    many = {"default": {"BACKEND": backend, "CONFIG": {"hosts": [{"max_connections": 5000}]}}}

    assert ids(CHANNEL_LAYERS=few) == ["djust.C004"]
    assert ids(CHANNEL_LAYERS=many) == []
    monkeypatch.setattr(deployment_checks, "version", lambda name: "7.4.0")
    assert ids(CHANNEL_LAYERS=few) == []


def test_a_view_needs_a_template() -> None:
    class Bare(LiveView):
        pass

    class Lost(LiveView):
        template_name = "no/such/template.html"

    assert ids(ROOT_URLCONF=urls(Bare, Lost)) == ["djust.V001", "djust.V002"]


def test_mount_takes_the_request() -> None:
    class Forgetful(LiveView):
        template = "<p></p>"

        def mount(self, **kwargs: Any) -> None:  # type: ignore[override]
            pass

    assert ids(ROOT_URLCONF=urls(Forgetful)) == ["djust.V003"]


def test_a_guard_behind_the_view_guards_nothing() -> None:
    class Open(LiveView, LoginRequiredMixin):
        template = "<p></p>"

    class Guarded(LoginRequiredMixin, LiveView):
        template = "<p></p>"

    assert ids(ROOT_URLCONF=urls(Open)) == ["djust.V004"]
    assert ids(ROOT_URLCONF=urls(Guarded)) == []


class Wrong(LiveView):
    template = """<main>
        <button dj-click="ad(1)">+</button>
        <form dj-submit="save"></form></main>"""

    def save(self) -> None:
        pass

    @event_handler
    def add(self) -> None:
        pass


def test_handlers_in_templates_must_exist_and_be_marked() -> None:
    unknown, unmarked = run(ROOT_URLCONF=urls(Wrong))

    assert unknown.id == "djust.T001"
    assert "Wrong:2" in str(unknown.msg)
    assert "'add'" in str(unknown.hint)
    assert unmarked.id == "djust.T002"


def test_an_extension_may_take_events_of_any_name() -> None:
    class Taking(Extension):
        namespace = "taking"

        async def on_event(self, name: str, params: dict[str, Any]) -> bool:
            return True

    class Extended(Wrong):
        extensions = (Taking,)

    assert ids(ROOT_URLCONF=urls(Extended)) == []


def test_handlers_of_extended_templates_are_found(tmp_path: Path) -> None:
    (tmp_path / "base.html").write_text('{% include "part.html" %}{% block a %}{% endblock %}')
    (tmp_path / "part.html").write_text('\n<b dj-keydown.enter="part"></b>')
    (tmp_path / "page.html").write_text('{% extends "base.html" %}<b dj-poll="page"></b>')

    class Paged(LiveView):
        template_name = "page.html"

    engine = "django.template.backends.django.DjangoTemplates"
    with override_settings(TEMPLATES=[{"BACKEND": engine, "DIRS": [tmp_path]}]):
        found = [(one.handler, one.template, one.line) for one in bindings_of(Paged)]

    assert found == [("page", "page.html", 1), ("part", "part.html", 2)]


def test_nested_urls_and_repeated_views_count_once() -> None:
    from_twice = urls(Wrong, Wrong)

    assert ids(ROOT_URLCONF=from_twice) == ["djust.T001", "djust.T002"]


def test_messages_are_left_out_on_request() -> None:
    assert ids(ROOT_URLCONF=urls(Wrong), DJUST={"SUPPRESS_CHECKS": ["djust.T001"]}) == [
        "djust.T002"
    ]


def numbers() -> Iterator[str]:
    folder = Path(deployment_checks.__file__).parent
    for module in sorted(folder.glob("*.py")):
        calls = r'\b(?:error|warning|info)\(\s*"([CVSTQ]\d{3})"'
        yield from re.findall(calls, module.read_text())


def test_every_check_is_registered() -> None:
    folder = Path(deployment_checks.__file__).parent
    written = {
        name
        for module in folder.glob("*.py")
        for name in re.findall(r"^def (check_\w+)", module.read_text(), re.MULTILINE)
    }

    assert written == {check.__name__ for check in CHECKS}


def test_each_id_is_used_once_and_documented() -> None:
    used = list(numbers())
    pages = Path(__file__).parents[3] / "docs" / "reference" / "checks.md"

    assert sorted(used) == sorted(CATALOGUE)
    assert all(number[0] in CATEGORIES for number in CATALOGUE)
    assert re.findall(r"### djust\.(\w+)", pages.read_text()) == sorted(
        used, key=lambda number: ("CVSTQ".index(number[0]), number)
    )
