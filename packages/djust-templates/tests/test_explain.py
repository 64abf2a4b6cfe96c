"""What a template's HTML is known to be before anything is rendered."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from djust_templates import DjustTemplates
from djust_templates.explain import explain
from djust_templates.management.commands import djust_explain_template

LIST = """\
{% extends "base.html" %}
{% block main %}<ul>{% for task in tasks %}
<li dj-key="{{ task.pk }}" class="a{% if task.done %} done{% endif %}">{{ task.title|upper }}</li>
{% endfor %}</ul>{% include "foot.html" with note=task_note %}{% endblock %}
"""
SOURCES = {
    "base.html": "<main>{% block main %}{% endblock %}</main>",
    "list.html": LIST,
    "foot.html": "<p>{{ note }}</p>",
    "dynamic.html": "{% extends parent %}",
    "again.html": "<p>{{ a }}</p>{% if more %}{% include 'again.html' %}{% endif %}",
    "half.html": "<div>{% if a %}<b>{% endif %}{{ c }}{% if a %}</b>{% endif %}</div>",
}


@pytest.fixture
def engine() -> DjustTemplates:
    loaders = [("django.template.loaders.locmem.Loader", SOURCES)]
    return DjustTemplates({"OPTIONS": {"loaders": loaders}})


def test_holes_know_where_they_print_and_what_they_read(engine: DjustTemplates) -> None:
    found = explain(engine.get_template("list.html"))

    rows = [(line.kind, line.place, line.template, line.line, line.reads) for line in found.lines]
    assert rows == [
        ("block", "main", "base.html", 1, ()),
        ("block", "ul", "list.html", 2, ("tasks",)),
        ("attribute", "li@dj-key", "list.html", 3, ("task.pk",)),
        ("attribute", "li@class", "list.html", 3, ("task.done",)),
        ("text", "li", "list.html", 3, ("task.title",)),
        ("block", "main", "list.html", 4, ("task_note",)),
        ("text", "p", "foot.html", 1, ("note",)),
    ]


def test_a_textual_region_says_why(engine: DjustTemplates) -> None:
    (line,) = explain(engine.get_template("half.html")).lines

    assert (line.kind, line.place) == ("textual", "div")
    assert line.source == "{% if a %}"
    assert line.reason == "a branch leaves <b> open"


def test_a_parent_that_only_a_value_names_leaves_nothing_known(engine: DjustTemplates) -> None:
    found = explain(engine.get_template("dynamic.html"))

    assert found.lines == ()
    assert "parent" in str(found.unknown)


def test_a_template_that_includes_itself_is_explained_once(engine: DjustTemplates) -> None:
    lines = explain(engine.get_template("again.html")).lines

    assert [(line.kind, line.source) for line in lines] == [
        ("text", "{{ a }}"),
        ("text", "{% if more %}"),
    ]


def test_the_command_prints_an_explanation(engine: DjustTemplates) -> None:
    backend = {
        "BACKEND": "djust_templates.DjustTemplates",
        "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", SOURCES)]},
    }
    out = StringIO()

    with override_settings(TEMPLATES=[backend]):
        call_command("djust_explain_template", "half.html", "list.html", stdout=out)

    text = out.getvalue()
    assert "a branch leaves <b> open" in text
    assert "in base.html" in text
    assert "4 holes, 3 blocks, 0 textual regions" in text


def test_the_command_refuses_a_name_that_no_loader_knows() -> None:
    backend = {"BACKEND": "djust_templates.DjustTemplates"}

    with override_settings(TEMPLATES=[backend]), pytest.raises(CommandError, match="nowhere"):
        call_command("djust_explain_template", "nowhere.html")


def test_the_command_explains_what_stands_for_templates_of_django_on_live_pages() -> None:
    backend = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", SOURCES)]},
    }
    out = StringIO()

    with override_settings(TEMPLATES=[backend]):
        call_command("djust_explain_template", "list.html", stdout=out)

    assert "in base.html" in out.getvalue()


def test_the_command_refuses_other_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(djust_explain_template, "get_template", lambda name: object())
    with pytest.raises(CommandError, match="No engine"):
        call_command("djust_explain_template", "any.html")


@pytest.mark.parametrize(
    "kind", ["djust_templates.DjustTemplates", "django.template.backends.django.DjangoTemplates"]
)
def test_the_command_says_what_is_wrong_with_a_broken_template(kind: str) -> None:
    loader = ("django.template.loaders.locmem.Loader", {"broken.html": "{% if %}"})
    backend = {"BACKEND": kind, "OPTIONS": {"loaders": [loader]}}
    with override_settings(TEMPLATES=[backend]):
        with pytest.raises(CommandError, match=r"cannot be compiled: .*Unexpected end"):
            call_command("djust_explain_template", "broken.html")
