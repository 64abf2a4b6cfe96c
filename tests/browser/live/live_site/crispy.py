"""A form that django-crispy-forms lays out."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.http import HttpRequest
from djust import LiveView
from djust.forms import FormMixin


class GuestForm(forms.Form):
    email = forms.EmailField(help_text="Yours.")
    seats = forms.IntegerField(min_value=1, max_value=4, initial=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.attrs = {"dj-submit": "submit_form", "novalidate": True}
        self.helper.layout = Layout("email", "seats")
        self.helper.add_input(Submit("go", "Go"))


class GuestView(FormMixin, LiveView):
    template = """{% load crispy_forms_tags %}<html lang="en"><head><title>Guests</title></head>
    <body><main><h1>Guests</h1>{% crispy form %}<p role="status">{{ said }}</p></main></body></html>"""
    form_class = GuestForm

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.said = ""

    def form_valid(self, form: GuestForm) -> None:
        self.said = f"{form.cleaned_data['email']} comes with {form.cleaned_data['seats']}"
        self.reset_form()
