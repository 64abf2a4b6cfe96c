"""Two forms of one component, and one of the view, on one page."""

from __future__ import annotations

from typing import Any

from django import forms
from djust import LiveComponent, LiveView
from djust.forms import FormMixin


class WordForm(forms.Form):
    word = forms.CharField(min_length=3, widget=forms.TextInput(attrs={"minlength": None}))


class AskComponent(FormMixin, LiveComponent):
    name = "site-ask"
    form_class = WordForm
    template = """{% load djust %}<form method="post" dj-submit="submit_form" novalidate
      aria-label="{{ id }}">{% csrf_token %}{% live_form %}
      <button>Ask</button><output>{{ said }}</output></form>"""
    said = ""

    def get_prefix(self) -> str:
        return self.id

    def form_valid(self, form: Any) -> None:
        self.said = form.cleaned_data["word"]
        self.send_parent("asked", self.said)


class AskedView(FormMixin, LiveView):
    template = """{% load djust %}<html lang="en"><head><title>Asked</title></head><body><main>
    <h1>Asked</h1><p id="asked">{{ asked }}</p>
    {% for id in "ab" %}{% live_component "site-ask" id=id %}{% endlive_component %}{% endfor %}
    <form method="post" dj-submit="submit_form" novalidate aria-label="own">{% csrf_token %}
    {% live_form %}<button>Ask</button></form></main></body></html>"""
    form_class = WordForm
    asked = ""

    def form_valid(self, form: Any) -> None:
        self.asked = f"own: {form.cleaned_data['word']}"

    def handle_component_event(self, component_id: str, name: str, payload: Any) -> None:
        self.asked = f"{component_id}: {payload}"
