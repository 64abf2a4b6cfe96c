"""What is asked of Django while rendering ends as it ends in Django's own engine, errors included."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import Context, RequestContext
from django.template.backends.django import DjangoTemplates
from django.test.utils import override_settings
from django.utils import translation
from django.utils.safestring import mark_safe
from djust_templates import DjustTemplates

SOURCES = {
    "base.html": "<{% block a %}base{% endblock %}>",
    "row.html": "[{{ x }}]",
    "badge.html": "<{{ label }}>",
    "folder/relative.html": "{% include './beside.html' %}{% include '../row.html' %}",
    "folder/beside.html": "beside",
    "endless.html": "{% extends 'endless.html' %}",
}
# Translations that do not fit what is put into them.
BROKEN = {"broken %(name)s": "%(nobody)s", "broken for all %(name)d": "broken for all %(name)d"}


def processor(request: HttpRequest) -> dict[str, Any]:
    """A context processor."""
    return {"x": "processed", "who": request.META.get("who", "nobody")}


def params() -> dict[str, Any]:
    options = {
        "loaders": [("django.template.loaders.locmem.Loader", SOURCES)],
        "libraries": {"custom": "custom_tags"},
        "context_processors": [f"{__name__}.processor"],
    }
    return {"NAME": "odd", "DIRS": [], "APP_DIRS": False, "OPTIONS": options}


def end_of(backend: Any, source: str, values: Callable[[Any], dict[str, Any]]) -> str:
    """How a render ends: its text, or its error."""
    try:
        text = backend.from_string(source).render(values(backend))
    except Exception as error:  # noqa: BLE001 - whatever it is, it has to be the same
        return f"{type(error).__name__}: {error}"
    return f"text: {text}"


def with_templates(backend: Any) -> dict[str, Any]:
    """Values among which there are templates, and things that look like some."""
    made = backend.from_string("made of {{ x }}")
    return {
        "x": "<x>",
        "made": made,
        "bare": made.template,
        "base": backend.get_template("base.html"),
        "bare_base": backend.get_template("base.html").template,
        "names": ["nowhere.html", "row.html"],
        "nowhere": ["nowhere.html", "neither.html"],
        "renders": SimpleNamespace(render=lambda context: f"rendered {context['x']}"),
        "none": None,
        "empty": "",
        "pair": ("a", "b"),
        "number": 3,
    }


@pytest.mark.parametrize(
    "source",
    [
        "{% include made %}{% include bare %}{% include renders %}",
        "{% include names %}",
        "{% include nowhere %}",
        "{% include none %}",
        "{% include number %}",
        "{% include 'folder/relative.html' %}",
        "{% extends base %}{% block a %}child of {{ block.super }}{% endblock %}",
        "{% extends bare_base %}{% block a %}child{% endblock %}",
        "{% extends none %}",
        "{% extends nothing.at.all %}",
        "{% extends empty %}",
        "{% extends 'nowhere.html' %}",
        "{% extends 'endless.html' %}",
        "{% extends names %}",
        "{% load custom %}{% badge x %}{% badge_of %}",
    ],
)
def test_templates_are_found_where_django_finds_them(source: str) -> None:
    wanted = end_of(DjangoTemplates(params()), source, with_templates)
    assert end_of(DjustTemplates(params()), source, with_templates) == wanted


def numbers(backend: Any) -> dict[str, Any]:
    return {
        "zero": 0,
        "text": "<text>",
        "safe": mark_safe("<b> 5 % </b>"),
        "none": None,
        "big": 1e400,
        "half": Decimal("0.5"),
        "list": [1, 2],
        "people": [{"a": 1, "n": "x"}, {"a": 1, "n": "y"}, {"n": "z"}],
        "needs": lambda argument: argument,
        "builtin": max,
    }


@pytest.mark.parametrize(
    "source",
    [
        "{% widthratio 5 zero 100 %}",
        "{% widthratio text 10 100 %}",
        "{% widthratio 5 10 text %}",
        "{% widthratio big 10 100 %}",
        "{% widthratio half 1 list|length %}",
        "{% regroup people by a as groups %}"
        "{% for g in groups %}{{ g.grouper }}{% for p in g.list %}{{ p.n }}{% endfor %};{% endfor %}",
        "{% spaceless %} {{ safe }} <i> </i> {{ text }} {% endspaceless %}",
        "{{ 5|floatformat:text }}{{ half|floatformat:'2g' }}",
        "{{ 1024|filesizeformat }}{{ text|filesizeformat }}",
        "{{ zero|yesno }}{{ none|yesno:'a,b' }}{{ none|yesno:'a' }}",
        "{{ 'see http://a.example/?q=<1> and b@c.example'|urlize }}{{ text|urlizetrunc:3 }}",
        "{{ text|truncatechars:3 }}{{ text|truncatechars:zero }}{{ safe|truncatewords_html:1 }}",
        "{{ needs }}{{ builtin }}{{ none.a }}{{ list.9 }}{{ list.x }}",
        "{% csrf_token %}",
        "{% now 'Y' as year %}{{ year|length }}",
    ],
)
def test_tags_and_filters_take_odd_values_as_django_does(source: str) -> None:
    wanted = end_of(DjangoTemplates(params()), source, numbers)
    assert end_of(DjustTemplates(params()), source, numbers) == wanted


@pytest.mark.parametrize(
    "source",
    [
        "{% url 'page' 5 %}{% url 'page' number=6 %}",
        "{% url 'page' %}",
        "{% url 'nowhere' 1 %}",
        "{% url 'nowhere' 1 as where %}[{{ where }}]",
        "{% url 'page' text as where %}[{{ where }}]",
        "{% url none %}",
    ],
)
def test_addresses_are_those_of_django(source: str) -> None:
    wanted = end_of(DjangoTemplates(params()), source, numbers)
    assert end_of(DjustTemplates(params()), source, numbers) == wanted


@dataclass(frozen=True)
class Person:
    """A value that can never change."""

    name: str


def said(backend: Any) -> dict[str, Any]:
    return {
        "name": "<Ann>",
        "n": 2,
        "safe": mark_safe("100% <b>"),
        "text": "two",
        "p": Person("Eve"),
    }


@pytest.mark.parametrize("language", ["en", "de", None])
@pytest.mark.parametrize(
    "source",
    [
        "{% translate 'May' context 'abbrev. month' %}|{% translate safe %}|{% translate name %}",
        "{% translate 'May' noop %}{{ _('Yes') }}{{ _('Yes')|upper }}",
        "{% blocktranslate context 'x' %}{{ name }} 100%{% endblocktranslate %}",
        "{% blocktranslate count c=n context 'x' %}{{ c }} a{% plural %}{{ c }} b{% endblocktranslate %}",
        "{% blocktranslate count c=text %}one{% plural %}many{% endblocktranslate %}",
        "{% blocktranslate %}broken {{ name }}{% endblocktranslate %}",
        "{% blocktranslate with name=p.name %}{{ name }}, {{ missing }}{% endblocktranslate %}",
        "{% language text %}{% translate 'Yes' %}{% endlanguage %}",
        "{% get_current_language as l %}{{ l }}{% get_current_language_bidi as b %}{{ b }}",
        "{% timezone 'Europe/Nowhere' %}x{% endtimezone %}",
        "{% timezone none %}{% get_current_timezone as t %}{{ t }}{% endtimezone %}",
    ],
)
def test_translations_are_those_of_django(source: str, language: str | None) -> None:
    source = f"{{% load i18n tz %}}{source}"
    with translation.override(language, deactivate=True):
        wanted = end_of(DjangoTemplates(params()), source, said)
        assert end_of(DjustTemplates(params()), source, said) == wanted


@pytest.mark.parametrize("message", BROKEN)
def test_a_translation_that_does_not_fit_ends_as_in_django(
    message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.translation.gettext", lambda text: BROKEN.get(text, text))
    source = f"{{% load i18n %}}{{% blocktranslate %}}{message}{{% endblocktranslate %}}"
    source = source.replace("%(name)s", "{{ name }}").replace("%(name)d", "{{ name }}")
    wanted = end_of(DjangoTemplates(params()), source, said)
    assert end_of(DjustTemplates(params()), source, said) == wanted


@override_settings(USE_I18N=False)
def test_without_translations_everything_is_as_it_is_written() -> None:
    source = (
        "{% load i18n l10n %}{% translate 'Yes' %}{{ n }}{% localize on %}{{ n }}{% endlocalize %}"
    )
    wanted = end_of(DjangoTemplates(params()), source, said)
    assert end_of(DjustTemplates(params()), source, said) == wanted


def test_a_partial_is_found_or_missed_as_in_django() -> None:
    """Before Django 6.0 the tag is unknown, in either engine."""
    source = (
        "{% partialdef a inline %}<{{ name }}>{% endpartialdef %}{% partial a %}{% partial b %}"
    )
    wanted = end_of(DjangoTemplates(params()), source, said)
    assert end_of(DjustTemplates(params()), source, said) == wanted


# Contexts that other code has made


def test_a_context_of_django_is_rendered_and_left_as_it_was() -> None:
    template = DjustTemplates(params()).from_string("{{ a }}{% with a=2 %}{{ a }}{% endwith %}")
    context = Context({"a": "<"})

    assert template.render(context) == "&lt;2"
    assert context.flatten()["a"] == "<"
    assert context.template is None


def test_a_request_context_gets_what_processors_give_and_only_for_the_render() -> None:
    request = HttpRequest()
    request.META["who"] = "Ann"
    context = RequestContext(request, {"y": "own"})

    text = DjustTemplates(params()).from_string("{{ y }} {{ x }} {{ who }}").render(context)

    assert text == "own processed Ann"
    assert "who" not in context


def test_bare_templates_render_with_processors_too() -> None:
    request = HttpRequest()
    context = RequestContext(request, {})
    template = DjustTemplates(params()).from_string("{{ x }}").template

    assert template.render(context) == "processed"


def test_failed_look_ups_are_logged_as_django_logs_them(caplog: pytest.LogCaptureFixture) -> None:
    texts = []
    for backend in (DjangoTemplates(params()), DjustTemplates(params())):
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "django.template"):
            backend.from_string("{{ name.nope }}").render(said(backend))
        texts.append(caplog.messages)
    assert texts[0] == texts[1] != []


def test_an_invalid_value_is_shown_by_its_name() -> None:
    options = {**params()["OPTIONS"], "string_if_invalid": "[no %s]"}
    own = DjustTemplates({**params(), "OPTIONS": options})
    assert own.from_string("{{ nope.x }}").render({}) == "[no nope.x]"
