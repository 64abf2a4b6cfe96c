"""A form in steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from djust import LiveView
from djust.forms import WizardMixin


class PersonForm(forms.Form):
    name = forms.CharField(max_length=40)
    email = forms.EmailField()


class TeamForm(forms.Form):
    name = forms.CharField(label="Team", max_length=40)
    size = forms.IntegerField(min_value=1, max_value=9, initial=2)


class TermsForm(forms.Form):
    agree = forms.BooleanField(label="I agree")


class SignUpView(WizardMixin, LiveView):
    template = """{% load djust %}<html lang="en"><head><title>Sign up</title></head><body><main>
    {% if done_with %}<h1>Welcome</h1><p role="status">{{ done_with }}</p>
    {% else %}<h1>Step {{ step_number }} of {{ step_count }}</h1>
    <form method="post" dj-submit="submit_form" novalidate>{% csrf_token %}{% live_form %}
    {% if previous_step %}<button name="wizard_step" value="{{ previous_step }}"
      dj-click="go_to_step" formnovalidate>Back</button>{% endif %}
    <button>Next</button></form>{% endif %}</main></body></html>"""
    steps = (("you", PersonForm), ("team", TeamForm), ("terms", TermsForm))

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.done_with = ""

    def done(self, forms: dict[str, Any]) -> None:
        you, team = forms["you"].cleaned_data, forms["team"].cleaned_data
        self.done_with = f"{you['name']} <{you['email']}> with {team['name']} ({team['size']})"
