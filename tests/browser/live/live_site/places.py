"""Words and times as the visitor knows them: on the first page and in every turn."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import formats, timezone, translation
from django.utils.translation import gettext
from djust import LiveView
from djust.decorators import event_handler
from djust.forms import FormMixin

MOMENT = datetime.datetime(2026, 1, 5, 12, 30, tzinfo=datetime.timezone.utc)


class WhenForm(forms.Form):
    when = forms.DateTimeField()


class PlaceView(FormMixin, LiveView):
    template = """{% load i18n tz %}{% get_current_language as LANGUAGE_CODE %}
    <html lang="{{ LANGUAGE_CODE }}"><head><title>Places</title></head><body><main>
    <h1>{% translate "January" %}</h1>
    <p class="page">{{ moment|date:"l H:i" }} {{ half|floatformat:2 }}</p>
    <p class="turn">{{ said }}</p><p class="later">{{ later }}</p>
    <button dj-click="say">Say</button><button dj-click="say_async">Say async</button>
    <button dj-click="wait">Wait</button>
    <form method="post" dj-submit="submit_form" novalidate>{% csrf_token %}{{ form.when }}{{ form.when.errors }}
    <button>Send</button></form><p class="sent">{{ sent }}</p></main></body></html>"""
    form_class = WhenForm
    moment = MOMENT
    half = 1234.5

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.said = self.later = self.sent = ""

    def form_valid(self, form: WhenForm) -> None:
        self.sent = form.cleaned_data["when"].astimezone(datetime.timezone.utc).isoformat()

    @event_handler
    def say(self) -> None:
        self.said = in_words()

    @event_handler
    async def say_async(self) -> None:
        self.said = in_words()

    @event_handler
    def wait(self) -> None:
        self.start_async(in_words)

    def handle_async_result(self, name: str, result: Any = None, error: Any = None) -> None:
        self.later = f"{result} / {in_words()}"


def in_words() -> str:
    """What this moment of this thread takes for the visitor's language and time zone."""
    hour = formats.date_format(timezone.localtime(MOMENT), "l H:i")
    return f"{translation.get_language()} {gettext('January')} {hour}"


def choose_zone(request: HttpRequest) -> HttpResponse:
    """Keep the time zone in the session, then lead back."""
    request.session["zone"] = request.GET["zone"]
    return HttpResponseRedirect("/places/")
