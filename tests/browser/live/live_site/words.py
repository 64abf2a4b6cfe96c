"""Messages: of views and of Django, before and after navigation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from djust import LiveView
from djust.decorators import event_handler


class WordsView(LiveView):
    template = """{% load djust %}<html lang="en"><head><title>Words</title></head><body><main>
    <h1>Words {{ count }}</h1>{% djust_flash %}
    <button dj-click="say">Say</button><button dj-click="clear">Clear</button>
    <button dj-click="leave">Leave</button><button dj-click="count_up">Count</button></main></body></html>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.count = 0
        if "hello" in request.GET:
            self.put_flash("info", "Hello.")

    @event_handler
    def say(self) -> None:
        self.put_flash("success", "Saved <b>all</b>.")

    @event_handler
    def clear(self) -> None:
        self.clear_flash()

    @event_handler
    def count_up(self) -> None:
        self.count += 1

    @event_handler
    def leave(self) -> None:
        self.put_flash("warning", "You left.")
        self.redirect("/plain-words/")


def plain(request: HttpRequest) -> HttpResponse:
    """A page that is not live shows what a live one left behind."""
    return render(request, "messages.html")


def told(request: HttpRequest) -> HttpResponse:
    """A view of Django leaves a message for a live page."""
    messages.error(request, "From a Django view.")
    return HttpResponseRedirect("/words/")
