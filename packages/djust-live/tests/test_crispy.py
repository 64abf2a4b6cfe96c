"""django-crispy-forms: what it renders is live, and what it knows of errors is what we found."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.conf import settings
from django.forms import formset_factory
from django.test import Client, override_settings
from django.urls import path
from djust_live import FormMixin, LiveView
from djust_testing import LiveViewTestClient


class SeatForm(forms.Form):
    email = forms.EmailField(help_text="Yours.")
    seats = forms.IntegerField(min_value=1, max_value=4, initial=1)
    day = forms.ChoiceField(choices=[("fr", "Friday"), ("sa", "Saturday")])
    extras = forms.MultipleChoiceField(
        choices=[("a", "A"), ("b", "B")], required=False, widget=forms.CheckboxSelectMultiple
    )
    news = forms.BooleanField(required=False)

    def clean(self) -> None:
        if self.cleaned_data.get("day") == "sa" and self.cleaned_data.get("seats") == 4:
            self.add_error("seats", "Not four on Saturday.")


class HelpedForm(SeatForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.attrs = {"dj-submit": "submit_form", "novalidate": True}
        self.helper.layout = Layout(Fieldset("Who", "email"), "seats", "day", "extras", "news")
        self.helper.add_input(Submit("go", "Go"))


class Helped(FormMixin, LiveView):
    template = "{% load crispy_forms_tags %}<main>{% crispy form %}<p>{{ said }}</p></main>"
    form_class: Any = HelpedForm

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.said = ""

    def form_valid(self, form: Any) -> None:
        self.said = f"{form.cleaned_data['email']} {form.cleaned_data['seats']}"


class Filtered(Helped):
    template = """{% load crispy_forms_tags %}<form method="post" dj-submit="submit_form" novalidate>
    {% csrf_token %}{{ form|crispy }}<button>Go</button></form><p>{{ said }}</p>"""
    form_class = SeatForm


class ByField(Helped):
    template = """{% load crispy_forms_tags %}<form method="post" dj-submit="submit_form" novalidate>
    {% csrf_token %}{% for field in form %}{{ field|as_crispy_field }}{% endfor %}<button>Go</button></form>
    <p>{{ said }}</p>"""
    form_class = SeatForm


class Rows(FormMixin, LiveView):
    template = """{% load crispy_forms_tags %}<form method="post" dj-submit="submit_form" novalidate>
    {% csrf_token %}{{ form|crispy }}<button type="button" id="add" dj-click="add_row">+</button></form>"""
    form_class = formset_factory(SeatForm, extra=1)


urlpatterns = [path("helped/", Helped.as_view())]


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    with override_settings(
        INSTALLED_APPS=[*settings.INSTALLED_APPS, "crispy_forms", "crispy_bootstrap5"],
        TEMPLATES=copy.deepcopy(settings.TEMPLATES),  # what is read anew knows the new tags
        CRISPY_ALLOWED_TEMPLATE_PACKS=["bootstrap5"],
        CRISPY_TEMPLATE_PACK="bootstrap5",
    ):
        yield


@pytest.fixture(params=[Helped, Filtered, ByField], ids=lambda view: view.__name__)
def page(request: pytest.FixtureRequest) -> Iterator[LiveViewTestClient]:
    with LiveViewTestClient(request.param) as client:
        client.mount()
        yield client


def feedback(page: LiveViewTestClient) -> list[str]:
    return [one.get_text(strip=True) for one in page.find_all(".invalid-feedback")]


def test_it_shows_errors_of_touched_fields_only(page: LiveViewTestClient) -> None:
    assert feedback(page) == []
    page.change("[name=email]", "nobody")
    assert feedback(page) == ["Enter a valid email address."]
    assert "is-invalid" in page.find("[name=email]")["class"]
    assert page.find("[name=email]")["value"] == "nobody"
    page.change("[name=email]", "ada@example.org")
    assert feedback(page) == []
    assert "is-invalid" not in page.find("[name=email]").get("class", "")


def test_rules_between_fields_hold(page: LiveViewTestClient) -> None:
    page.change("[name=day]", "sa")
    page.change("[name=seats]", "4")
    assert feedback(page) == ["Not four on Saturday."]
    page.change("[name=day]", "fr")
    assert feedback(page) == []


def test_a_submit_checks_all_and_is_taken(page: LiveViewTestClient) -> None:
    page.submit("form", email="", seats="9", day="fr")
    assert feedback(page) == [
        "This field is required.",
        "Ensure this value is less than or equal to 4.",
    ]
    page.submit("form", email="ada@example.org", seats="2", day="sa")
    page.assert_state(said="ada@example.org 2")


def test_boxes_and_groups_keep_what_was_chosen(page: LiveViewTestClient) -> None:
    page.change("[name=news]", True)
    page.change("[name=extras][value=b]", True)
    assert page.find("[name=news]").has_attr("checked")
    assert page.find("[name=extras][value=b]").has_attr("checked")
    assert not page.find("[name=extras][value=a]").has_attr("checked")


def test_rows_of_a_formset_come_live() -> None:
    with LiveViewTestClient(Rows) as page:
        page.mount()
        page.click("#add")
        page.change("[name=form-1-email]", "nobody")
        assert feedback(page) == ["Enter a valid email address."]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_a_plain_post_is_taken() -> None:
    client = Client()
    answer = client.post("/helped/", {"email": "nobody", "seats": "1", "day": "fr"})
    assert b"Enter a valid email address." in answer.content
    answer = client.post("/helped/", {"email": "ada@example.org", "seats": "1", "day": "fr"})
    assert b"<p>ada@example.org 1</p>" in answer.content
