"""The tags of forms print what the methods of Django's forms do, whichever engine prints them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import formset_factory
from django.forms.utils import ErrorList
from django.template.backends.django import DjangoTemplates
from django.template.base import Template
from django.utils.safestring import mark_safe
from djust_templates import DjustTemplates
from djust_templates._support import ORIGINAL_RENDER
from djust_templates.forms import DjustTemplatesRenderer

from tests.live import pages  # noqa: F401 - sets Django up

LIBRARIES = {"djust": "djust_live.templatetags.djust"}
BACKENDS = {"django": DjangoTemplates, "djust": DjustTemplates}


class Plain(forms.Form):
    default_renderer = DjustTemplatesRenderer

    word = forms.CharField(help_text="help <b>", max_length=3)
    day = forms.DateField(widget=forms.SelectDateWidget(years=[2020]), required=False)
    kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


class OwnRender(Plain):
    def render(self, *args: Any, **kwargs: Any) -> Any:
        return mark_safe("<i>own</i>")


class OwnHtml(Plain):
    def __html__(self) -> str:
        return "<i>never asked for</i>"


class OwnErrors(ErrorList):
    def render(self, *args: Any, **kwargs: Any) -> Any:
        return mark_safe("<i>errors</i>")


class OwnGroup(BoundField):
    def as_field_group(self) -> Any:
        return mark_safe("<i>group</i>")


class OwnContext(BoundField):
    def get_context(self) -> dict[str, Any]:
        return {"field": self, "more": 1}


class Grouped(Plain):
    own = forms.CharField(required=False)
    more = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["own"].get_bound_field = lambda form, name: OwnGroup(form, form.fields[name], name)  # type: ignore[method-assign]  # fmt: skip
        self.fields["more"].get_bound_field = lambda form, name: OwnContext(form, form.fields[name], name)  # type: ignore[method-assign]  # fmt: skip


FORMS: dict[str, Any] = {
    "unbound": Plain,
    "bound": lambda: Plain({"word": "<long>", "kind": "b"}),
    "right": lambda: Plain({"word": "<>&", "kind": "a"}),
    "prefix": lambda: Plain({}, prefix="p", auto_id="x%s"),
    "no ids": lambda: Plain({}, auto_id=False),
    "own render": lambda: OwnRender({}),
    "own html": lambda: OwnHtml({}),
    "own errors": lambda: Plain({}, error_class=OwnErrors),
    "own fields": lambda: Grouped({}),
}


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An engine that prints forms as in production, not as while pytest watches templates."""
    monkeypatch.setattr(Template, "_render", ORIGINAL_RENDER)
    options = {"libraries": LIBRARIES}
    return BACKENDS[request.param](
        {"NAME": "tags", "DIRS": [], "APP_DIRS": False, "OPTIONS": options}
    )


def printed(engine: Any, source: str, **values: Any) -> str:
    return str(engine.from_string("{% load djust %}" + source).render(values))


def escaping(source: str) -> list[str]:
    off = "{% autoescape off %}" + source + "{% endautoescape %}"
    return [source, off]


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_printed_as_by_render(engine: Any, name: str) -> None:
    form = FORMS[name]()
    for source in escaping("{% live_form form=form %}"):
        assert printed(engine, source, form=form) == form.render()


@pytest.mark.parametrize("name", FORMS)
def test_a_field_is_printed_as_by_as_field_group(engine: Any, name: str) -> None:
    form = FORMS[name]()
    for field in form:
        for source in escaping("{% live_field name form=form %}|{% live_field field %}"):
            expected = field.as_field_group()
            found = printed(engine, source, form=form, field=field, name=field.name)
            assert found == f"{expected}|{expected}"


@pytest.mark.parametrize("name", FORMS)
def test_errors_are_printed_as_by_render(engine: Any, name: str) -> None:
    form = FORMS[name]()
    form.is_valid()
    if form.is_bound:
        form.add_error(None, "<together>")
    for source in escaping("{% live_errors form=form %}|{% live_errors 'word' form=form %}"):
        expected = f"{form.non_field_errors().render()}|{form['word'].errors.render()}"
        assert printed(engine, source, form=form) == expected


def test_formsets_and_names_are_printed_as_by_render(engine: Any) -> None:
    formset = formset_factory(Plain, extra=2, can_delete=True)()
    source = "{% live_form form=f as all %}{{ all }}|{% live_errors form=f %}"
    assert printed(engine, source, f=formset) == f"{formset.render()}|"


def test_errors_kept_under_a_name_are_false_where_there_are_none(engine: Any) -> None:
    source = "{% live_errors 'word' form=f as all %}{% if all %}{{ all|length }}{% endif %}"
    assert printed(engine, source, f=Plain()) == ""
    assert printed(engine, source, f=Plain({})) == "1"
