"""The TEMPLATES backend: options, templates, contexts and what Django's own code expects of it."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.template import Context, RequestContext, TemplateDoesNotExist
from django.template import engines as configured_engines
from django.template.backends.django import DjangoTemplates
from django.template.response import SimpleTemplateResponse
from django.test.signals import template_rendered
from django.test.utils import (
    instrumented_test_render,
    override_settings,
)
from django.utils.safestring import SafeString
from djust_templates import DjustTemplates, live
from djust_templates.template import DjangoTemplate


def backend(templates: dict[str, str] | None = None, **options: Any) -> DjustTemplates:
    """Return a backend over templates in memory."""
    loaders = [("django.template.loaders.locmem.Loader", templates or {})]
    cached = [("django.template.loaders.cached.Loader", loaders)]
    params = {"NAME": "test", "DIRS": [], "APP_DIRS": False}
    return DjustTemplates({**params, "OPTIONS": {"loaders": cached, **options}})


def greet(request: HttpRequest) -> dict[str, str]:
    """A context processor."""
    return {"name": "processor", "greeting": "hello"}


def answer_nothing(request: HttpRequest) -> None:
    """A context processor that breaks its contract."""


HERE = f"{__name__}"


def test_it_is_a_django_backend() -> None:
    assert isinstance(backend(), DjangoTemplates)


def test_rendered_text_is_safe() -> None:
    text = backend().from_string("{{ a }}").render({"a": "<"})
    assert type(text) is SafeString
    assert text == "&lt;"


def test_an_unknown_option_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="nonsense"):
        backend(nonsense=True)


def test_loaders_exclude_application_directories() -> None:
    params = {"NAME": "x", "DIRS": [], "APP_DIRS": True, "OPTIONS": {"loaders": []}}
    with pytest.raises(ImproperlyConfigured, match="app_dirs"):
        DjustTemplates(params)


def test_templates_know_their_name_and_origin() -> None:
    template = backend({"a.html": "x"}).get_template("a.html")
    assert template.name == "a.html"
    assert template.origin.template_name == "a.html"


def test_a_missing_template_names_what_was_tried() -> None:
    with pytest.raises(TemplateDoesNotExist) as caught:
        backend({"a.html": "x"}).get_template("b.html")
    assert [reason for _, reason in caught.value.tried] == ["Source does not exist"]


def test_a_missing_include_names_the_backend() -> None:
    engine = backend({"a.html": "{% include 'b.html' %}"})
    with pytest.raises(TemplateDoesNotExist) as caught:
        engine.get_template("a.html").render({})
    assert caught.value.backend is engine


def test_only_dictionaries_and_contexts_are_rendered() -> None:
    with pytest.raises(TypeError, match="context must be a dict rather than list"):
        backend().from_string("x").render([])  # type: ignore[arg-type]


def test_context_processors_do_not_override_the_view() -> None:
    template = backend(context_processors=[f"{HERE}.greet"]).from_string(
        "{{ name }} {{ greeting }}"
    )
    assert template.render({"name": "view"}, HttpRequest()) == "view hello"


def test_context_processors_need_a_request() -> None:
    template = backend(context_processors=[f"{HERE}.greet"]).from_string("[{{ greeting }}]")
    assert template.render({}) == "[]"


def test_a_processor_without_a_dictionary_is_named() -> None:
    template = backend(context_processors=[f"{HERE}.answer_nothing"]).from_string("x")
    with pytest.raises(TypeError, match="answer_nothing didn't return a dictionary"):
        template.render({}, HttpRequest())


def test_django_contexts_are_rendered() -> None:
    template = backend().from_string("{{ a }}")
    assert template.render(Context({"a": "<"})) == "&lt;"
    assert template.render(Context({"a": "<"}, autoescape=False)) == "<"
    assert template.render(RequestContext(HttpRequest(), {"a": 1})) == "1"


def test_autoescape_off_prints_values_as_they_are() -> None:
    assert backend(autoescape=False).from_string("{{ a }}").render({"a": "<"}) == "<"


def test_string_if_invalid_names_the_variable() -> None:
    template = backend(string_if_invalid="?%s?").from_string("{{ a.b }}|{{ c|upper }}")
    assert template.render({}) == "?a.b?|?c?"


def test_the_views_dictionary_is_not_filled_by_requests() -> None:
    values = {"a": 1}
    backend().from_string("{% now 'Y' as year %}").render(values, HttpRequest())
    assert values == {"a": 1}


def test_the_signal_of_tests_names_every_template(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str | None] = []

    def note(sender: Any, template: Any, **kwargs: Any) -> None:
        names.append(template.name)

    engine = backend(
        {
            "base": "{% block a %}{% endblock %}",
            "child": "{% extends 'base' %}{% block a %}{% include 'part' %}{% endblock %}",
            "part": "x",
        }
    )
    monkeypatch.setattr(DjangoTemplate, "_render", instrumented_test_render)
    template_rendered.connect(note)
    try:
        assert engine.get_template("child").render({}) == "x"
    finally:
        template_rendered.disconnect(note)
    assert names == ["child", "base", "part"]


def test_rendered_responses_are_pickled() -> None:
    with override_settings(
        TEMPLATES=[{"BACKEND": "djust_templates.DjustTemplates", "OPTIONS": {}}]
    ):
        template = configured_engines["djust_templates"].from_string("{{ a }}")
        response = SimpleTemplateResponse(template, {"a": 1}).render()
        assert pickle.loads(pickle.dumps(response)).content == b"1"


def test_settings_are_read_at_each_render() -> None:
    template = backend().from_string("{{ n }}")
    with override_settings(USE_THOUSAND_SEPARATOR=False):
        assert template.render({"n": 12345}) == "12345"
    with override_settings(USE_THOUSAND_SEPARATOR=True):
        assert template.render({"n": 12345}) == "12,345"


def test_apps_that_change_are_asked_for_their_tag_libraries_anew() -> None:
    django = {"BACKEND": "django.template.backends.django.DjangoTemplates", "NAME": "django"}
    with override_settings(TEMPLATES=[django]):
        template = configured_engines["django"].from_string("<p>{{ x }}</p>")
        assert live.live_template(template) is not None
        before = live._twins["django"]
        with override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS]):
            assert live.live_template(template) is not None
            assert live._twins["django"] is not before
