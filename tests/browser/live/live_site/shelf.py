"""One record at a time, which the address names, in a form that says nothing until it is sent."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from djust import LiveView
from djust.decorators import event_handler

TITLES = {1: "Moby Dick", 2: "Emma", 3: "Ulysses"}


class ShelfView(LiveView):
    template = """<html lang="en"><head><title>Shelf</title></head><body><main><h1>{{ title }}</h1>
    {% for number in numbers %}<a dj-patch href="?book={{ number }}">Book {{ number }}</a> {% endfor %}
    <form dj-submit="save"><input type="hidden" name="number" value="{{ book }}">
    <input name="title" aria-label="Title" value="{{ title }}"><button>Save</button></form>
    <button dj-click="remove({{ book }})">Remove</button><p>{{ said }}</p></main></body></html>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.numbers, self.said = list(TITLES), ""

    def handle_params(self, params: dict[str, str], uri: str) -> None:
        self.book = int(params.get("book", "1"))
        self.title = TITLES[self.book]

    @event_handler
    def save(self, number: int, title: str) -> None:
        self.said = f"{number} is {title}"

    @event_handler
    def remove(self, number: int) -> None:
        self.said = f"{number} is gone"
