"""Forms printed natively look as Django prints them, whatever is put in its functions' place."""

from __future__ import annotations

import datetime
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import pytest
from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import formset_factory
from django.forms.renderers import BaseRenderer
from django.forms.renderers import DjangoTemplates as DjangoRenderer
from django.forms.utils import ErrorList
from django.http import QueryDict
from django.template.backends.django import DjangoTemplates
from django.template.base import Template
from django.test.utils import instrumented_test_render
from django.utils import translation
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from djust_templates import DjustTemplates, _native
from djust_templates._support import ORIGINAL_RENDER
from djust_templates.forms import DjustTemplatesRenderer
from hypothesis import given, settings
from hypothesis import strategies as st

PARAMS: dict[str, Any] = {"NAME": "forms", "DIRS": [], "APP_DIRS": False, "OPTIONS": {}}
TEMPLATES = [
    "{{ form }}",
    "{{ form.as_p }}",
    "{{ form.as_table }}|{{ form.as_ul }}|{{ form.as_div }}|{{ form.render }}",
    "{% for f in form %}{{ f.label_tag }}{{ f.legend_tag }}{{ f.errors }}{{ f }}{{ f.as_widget }}"
    "[{{ f.css_classes }}]{{ f.as_field_group }}{{ f.help_text }}{{ f.id_for_label }}{% endfor %}",
    "{% autoescape off %}{% for f in form %}{{ f.label_tag }}{{ f }}{% endfor %}{% endautoescape %}",
    "{% for f in form.hidden_fields %}{{ f }}{% endfor %}{{ form.errors }}{{ form.non_field_errors }}",
    "{{ form.a.label_tag|upper }}{{ form.a|length }}{% if form.a.css_classes %}css{% endif %}"
    "{% with label=form.a.label_tag %}{{ label }}{% endwith %}{{ form.as_p|length }}",
    "{% load i18n %}{{ form.a.label_tag }}{% language 'fr' %}{{ form.a.label_tag }}{% endlanguage %}",
]
LABELS = [
    None, "", "Plain", "Ends?", "Ends:", "<b>", mark_safe("<b>safe</b>"), lazystr("lazy <"),
    lazystr("lazy?"), "é", "\ud800",
]  # fmt: skip


class PlainRenderer(DjangoRenderer):
    """Django's renderer, which nothing adopts."""


def replaced(**members: Any) -> type[forms.TextInput]:
    """Return a widget class with its own members."""
    return type("Widget", (forms.TextInput,), members)


def super_of(name: str, change: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return a method that changes what Django's gives."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return change(getattr(forms.TextInput, name)(self, *args, **kwargs))

    return method


WIDGETS: list[Callable[..., forms.Widget]] = [
    forms.TextInput, forms.NumberInput, forms.EmailInput, forms.PasswordInput, forms.HiddenInput,
    forms.Textarea, forms.DateInput, forms.DateTimeInput, forms.TimeInput, forms.CheckboxInput,
    forms.Select, forms.NullBooleanSelect, forms.SelectMultiple, forms.RadioSelect,
    forms.CheckboxSelectMultiple, forms.FileInput, forms.ClearableFileInput,
    forms.MultipleHiddenInput, forms.SplitDateTimeWidget, forms.SelectDateWidget,
    replaced(render=super_of("render", lambda text: mark_safe(text + "!"))),
    replaced(_render=super_of("_render", lambda text: mark_safe(text + "!"))),
    replaced(format_value=super_of("format_value", lambda value: f"{value}!")),
    replaced(build_attrs=super_of("build_attrs", lambda attrs: {**attrs, "data-own": "1"})),
    replaced(value_from_datadict=super_of("value_from_datadict", lambda value: f"{value}?")),
    replaced(id_for_label=super_of("id_for_label", lambda id_: f"{id_}_0")),
    replaced(id_for_label=super_of("id_for_label", lambda id_: "")),
    replaced(use_required_attribute=super_of("use_required_attribute", lambda used: not used)),
    replaced(get_context=super_of("get_context", lambda all_: {**all_, "more": 1})),
    replaced(is_hidden=property(lambda self: True)),
    replaced(use_fieldset=True),
    replaced(template_name="django/forms/widgets/textarea.html"),
    replaced(input_type="hidden"),
    replaced(input_type="<odd>"),
    replaced(is_required=True),
    replaced(__getattr__=lambda self, name: (_ for _ in ()).throw(AttributeError(name))),
]  # fmt: skip


class OwnField(forms.CharField):
    """A field with its own idea of what is shown."""

    def prepare_value(self, value: Any) -> Any:
        return f"~{value}"

    def bound_data(self, data: Any, initial: Any) -> Any:
        return f"{data}/{initial}"


class TwoFields(forms.MultiValueField):
    """A field made of two."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("widget", None)
        parts = [forms.CharField(), forms.CharField(required=False)]
        widget = forms.MultiWidget([forms.TextInput, forms.TextInput])
        super().__init__(fields=parts, widget=widget, require_all_fields=False, **kwargs)

    def compress(self, data_list: Any) -> str:
        return " ".join(data_list)


class OwnBoundField(BoundField):
    """A bound field with classes and a description of its own."""

    def css_classes(self, extra_classes: Any = None) -> str:
        return "own <"

    @property
    def aria_describedby(self) -> str:
        return "somewhere"


class OwnLabel(BoundField):
    """A bound field whose items have names, and whose label is its own."""

    def __getitem__(self, name: Any) -> Any:
        return f"item {name}"

    def label_tag(self, *args: Any, **kwargs: Any) -> str:
        return "label <"


class OwnErrors(ErrorList):
    """Errors with a class and a template of their own."""

    def __str__(self) -> str:
        return f"{len(self)} errors <"


FIELDS: list[Callable[..., forms.Field]] = [
    forms.CharField, forms.CharField, forms.CharField, forms.IntegerField, forms.EmailField,
    forms.BooleanField, forms.DateTimeField, forms.FileField, forms.DecimalField, OwnField,
    TwoFields,
]  # fmt: skip
TEXTS = st.sampled_from(["", "x", "<&>\"'", "5", "é", "2020-01-02", " spaced ", "\ud800"])
INITIALS = st.sampled_from([
    None, "", "text <", 7, True, 1.5, mark_safe("<i>"), lambda: "called",
    datetime.datetime(2020, 1, 2, 3, 4, 5, 678), datetime.time(1, 2, 3, 4), ["a"],
])  # fmt: skip
ATTRS = st.sampled_from([
    {}, {"id": "own"}, {"id": ""}, {"class": "c <"}, {"aria-describedby": "me"}, {"x": True},
    {"x": False}, {"x": None, "y": 5}, {"x": 1.5}, {"x": mark_safe("<ok>")}, {"required": False},
    {"x": lazystr("<lazy>")}, {"disabled": "no", "maxlength": "3"},
])  # fmt: skip


@st.composite
def field_of(draw: st.DrawFn) -> Callable[[], forms.Field]:
    """Return what makes a field, the same each time."""
    kind = draw(st.sampled_from(FIELDS))
    options = {
        "required": draw(st.booleans()),
        "label": draw(st.sampled_from(LABELS)),
        "help_text": draw(st.sampled_from(["", "help <", mark_safe("<i>help</i>")])),
        "initial": draw(INITIALS),
        "disabled": draw(st.integers(0, 9)) == 0,
        "localize": draw(st.integers(0, 4)) == 0,
        "show_hidden_initial": draw(st.integers(0, 9)) == 0,
        "label_suffix": draw(st.sampled_from([None, None, "", " >", mark_safe("&gt;")])),
    }
    widget = draw(st.sampled_from(WIDGETS))
    attrs = draw(ATTRS)
    bound = draw(st.sampled_from([None, None, None, OwnBoundField, OwnLabel]))

    def make() -> forms.Field:
        field = kind(widget=widget(attrs=dict(attrs)), **options)
        if bound is not None:
            field.get_bound_field = lambda form, name: bound(form, field, name)  # type: ignore[method-assign]
        return field

    return make


class Recipe:
    """How to make a form, again and again the same."""

    def __init__(self, **parts: Any) -> None:
        self.parts = parts

    def __repr__(self) -> str:
        return f"Recipe({self.parts})"

    def form(self, renderer: BaseRenderer) -> forms.Form:
        """Return the form, with this renderer."""
        parts = self.parts
        members: dict[str, Any] = dict(parts["css"])
        members.update((name, make()) for name, make in parts["fields"].items())
        form_class = type("Generated", (forms.Form,), members)
        form: forms.Form = form_class(renderer=renderer, **parts["options"])
        if parts["clean"] and form.is_bound:
            form.add_error(None, "<together>")
        parts["patch"](form)
        return form


def leave(form: forms.Form) -> None:
    """Change nothing."""


def patch_field(form: forms.Form) -> None:
    """Do what widget-tweaks does."""
    bound = form["a"]
    own = types.MethodType(lambda self, *args, **kwargs: mark_safe("patched"), bound)
    bound.as_widget = own  # type: ignore[method-assign]


def patch_widget(form: forms.Form) -> None:
    """Replace a method of one widget."""
    form.fields["a"].widget.format_value = lambda value: "patched"  # type: ignore[method-assign]


def patch_form(form: forms.Form) -> None:
    """Replace a method of one form."""
    form.get_context = lambda: {"form": form, "fields": [], "errors": "patched"}  # type: ignore[method-assign]


def patch_attributes(form: forms.Form) -> None:
    """Give one form classes, and one widget a type."""
    form.required_css_class = "needed"  # type: ignore[attr-defined]
    form.fields["a"].widget.input_type = "hidden"  # type: ignore[attr-defined]


PATCHES = [*[leave] * 6, patch_field, patch_widget, patch_form, patch_attributes]
CSS = [
    {}, {}, {"error_css_class": "bad"}, {"required_css_class": "needed"},
    {"template_name_label": "django/forms/errors/list/text.txt"},
]  # fmt: skip


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    """Return how to make a form."""
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    data: Any = draw(st.none() | st.dictionaries(st.sampled_from(["a", "b", "p-a", "c"]), TEXTS))
    if data is not None and draw(st.booleans()):
        query = QueryDict(mutable=True)
        query.update(data)
        data = query
    return Recipe(
        fields={name: draw(field_of()) for name in names},
        css=draw(st.sampled_from(CSS)),
        options={
            "data": data,
            "prefix": draw(st.sampled_from([None, None, "p"])),
            "auto_id": draw(st.sampled_from(["id_%s", "id_%s", False, True, "x%s%%", "%s", "no"])),
            "label_suffix": draw(st.sampled_from([None, None, "", "<"])),
            "initial": draw(st.dictionaries(st.sampled_from(["a", "b"]), INITIALS)),
            "use_required_attribute": draw(st.booleans()),
            "error_class": draw(st.sampled_from([ErrorList, ErrorList, OwnErrors])),
        },
        clean=draw(st.booleans()),
        patch=draw(st.sampled_from(PATCHES)),
    )


def outcome(template: Any, recipe: Recipe, renderer: BaseRenderer) -> str:
    """Return what is printed, or which error there is."""
    try:
        return str(template.render({"form": recipe.form(renderer)}))
    except Exception as error:  # noqa: BLE001 - whatever it is, Django's has to be the same
        return f"{type(error).__name__}: {error}"


@pytest.fixture(params=[ORIGINAL_RENDER, instrumented_test_render], ids=["plain", "instrumented"])
def _environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Render as in production, and as Django's test runner has it."""
    monkeypatch.setattr(Template, "_render", request.param)


@pytest.fixture(autouse=True)
def _production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Template, "_render", ORIGINAL_RENDER)


@pytest.mark.usefixtures("_environment")
@settings(max_examples=300, deadline=None)
@given(recipe=recipes(), source=st.sampled_from(TEMPLATES), language=st.sampled_from(["en", "fr"]))
def test_forms_look_as_django_prints_them(recipe: Recipe, source: str, language: str) -> None:
    ours, theirs = DjustTemplates(PARAMS), DjangoTemplates(PARAMS)
    with translation.override(language):
        expected = outcome(theirs.from_string(source), recipe, PlainRenderer())
        found = outcome(ours.from_string(source), recipe, DjustTemplatesRenderer())
    assert found == expected


def test_an_ordinary_form_runs_none_of_these_functions() -> None:
    class Form(forms.Form):
        a = forms.CharField(help_text="help", label=lazystr("A"))
        b = forms.IntegerField(required=False, widget=forms.HiddenInput)

    form = Form({"a": "", "b": "2"}, renderer=DjustTemplatesRenderer())
    form.is_valid()
    template = DjustTemplates(PARAMS).from_string("{{ form.as_p }}")
    template.render({"form": form})
    called = set()
    sys.setprofile(lambda frame, event, argument: called.add(frame.f_code.co_name))
    try:
        template.render({"form": form})
    finally:
        sys.setprofile(None)
    assert "__getattribute__" not in called
    assert (
        called & {"as_widget", "label_tag", "build_attrs", "css_classes", "_bound_items"} == set()
    )
    # Errors are printed by their template, with what Python says of them.
    assert "get_context" in called


def test_a_hidden_field_does_not_validate_its_form() -> None:
    class Form(forms.Form):
        a = forms.CharField(widget=forms.HiddenInput)

    form = Form({"a": ""}, renderer=DjustTemplatesRenderer())
    template = DjustTemplates(PARAMS).from_string(
        "{% for f in form.hidden_fields %}{{ f }}{% endfor %}"
    )
    assert template.render({"form": form}) == str(form["a"])
    assert form._errors is None  # type: ignore[attr-defined]


def test_known_templates_are_those_of_this_django() -> None:
    folder = Path(django.__file__).parent / "forms" / "templates"
    sources = _native.form_sources()
    assert len(sources) == 8
    assert {name: (folder / name).read_text(encoding="utf-8") for name in sources} == sources


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("django/forms/label.html", "[{{ label }}]"),
        ("django/forms/attrs.html", "!"),
        ("django/forms/widgets/text.html", "[{{ widget.value }}]"),
        ("django/forms/widgets/input.html", "[{{ widget.name }}]"),
        ("django/forms/widgets/attrs.html", "!"),
        ("django/forms/errors/list/default.html", "none"),
        ("django/forms/errors/list/ul.html", "none"),
    ],
)
def test_templates_of_the_project_are_rendered(tmp_path: Path, name: str, source: str) -> None:
    class Form(forms.Form):
        a = forms.CharField(label="A", required=False)

    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(source, encoding="utf-8")
    folders = [tmp_path, Path(django.__file__).parent / "forms" / "templates"]
    found = []
    for backend in (DjustTemplates, DjangoTemplates):
        engine = backend({**PARAMS, "DIRS": folders})

        class Renderer(BaseRenderer):
            def get_template(self, template_name: str, engine: Any = engine) -> Any:
                return engine.get_template(template_name)

        template = engine.from_string("{{ form.as_p }}{{ form.a.errors }}")
        found.append(template.render({"form": Form({"a": "x"}, renderer=Renderer())}))
    assert found[0] == found[1]
    assert source[0] in found[0]


def test_formsets_look_as_django_prints_them() -> None:
    class Form(forms.Form):
        a = forms.CharField(label="A")

    printed = []
    for backend, renderer in (
        (DjustTemplates, DjustTemplatesRenderer()),
        (DjangoTemplates, PlainRenderer()),
    ):
        formset = formset_factory(Form, extra=2, can_delete=True, renderer=renderer)()
        template = backend(PARAMS).from_string("{{ f }}{{ f.as_p }}{{ f.management_form }}")
        printed.append(template.render({"f": formset}))
    assert printed[0] == printed[1]
    assert "form-1-a" in printed[0]


def test_a_missing_template_says_what_was_tried() -> None:
    class Form(forms.Form):
        template_name_p = "nowhere.html"
        a = forms.CharField(label="A")

    errors = []
    for backend, renderer in (
        (DjustTemplates, DjustTemplatesRenderer()),
        (DjangoTemplates, PlainRenderer()),
    ):
        with pytest.raises(Exception, match=r"nowhere\.html") as caught:
            backend(PARAMS).from_string("{{ f.as_p }}").render({"f": Form(renderer=renderer)})
        errors.append(caught.value)
    assert type(errors[0]) is type(errors[1])
    assert len(errors[0].tried) == len(errors[1].tried)
