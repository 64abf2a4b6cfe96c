"""Forms are rendered by the compiled templates, and look as before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates as DjangoRenderer
from django.forms.renderers import get_default_renderer
from django.test.utils import override_settings
from djust_templates import DjustTemplates
from djust_templates.forms import DjustTemplatesRenderer


class Contact(forms.Form):
    """A field of many kinds."""

    name = forms.CharField(max_length=5, help_text="<short>")
    mail = forms.EmailField()
    choice = forms.ChoiceField(choices=[(1, "one"), (2, "<two>")])
    many = forms.MultipleChoiceField(
        choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    day = forms.DateField(widget=forms.SelectDateWidget)
    agree = forms.BooleanField()
    file = forms.FileField(required=False)


@pytest.fixture(autouse=True)
def _fresh_renderer() -> Iterator[None]:
    """Start with a default renderer that has made no engine yet, and leave one."""
    get_default_renderer.cache_clear()
    yield
    get_default_renderer.cache_clear()


def contact(renderer: object) -> Contact:
    """Return a bound form with errors."""
    return Contact({"name": "too long <", "mail": "x", "many": ["a"]}, renderer=renderer)


@pytest.mark.parametrize("layout", ["as_div", "as_p", "as_table", "as_ul"])
def test_a_form_looks_the_same(layout: str) -> None:
    ours = getattr(contact(DjustTemplatesRenderer()), layout)()
    assert ours == getattr(contact(DjangoRenderer()), layout)()


def test_the_default_renderer_uses_the_engine_of_the_project() -> None:
    DjustTemplates({"NAME": "x", "DIRS": [], "APP_DIRS": False, "OPTIONS": {}})
    renderer = get_default_renderer()
    assert isinstance(renderer, DjangoRenderer)
    assert isinstance(renderer.engine, DjustTemplates)


@override_settings(FORM_RENDERER="django.forms.renderers.TemplatesSetting")
def test_a_chosen_renderer_is_left_alone() -> None:
    DjustTemplates({"NAME": "x", "DIRS": [], "APP_DIRS": False, "OPTIONS": {}})
    assert not vars(get_default_renderer())
