"""Live views inside of another."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from djust import LiveView
from djust.decorators import event_handler

broken: set[str] = set()


class Gauge(LiveView):
    template = """<h2>{{ name }}</h2><p class="value">{{ value }}</p>
    <button type="button" dj-click="more">More {{ name }}</button>
    <button type="button" dj-click="fail">Fail {{ name }}</button>
    <form dj-submit="take"><label>Note for {{ name }} <input name="note" value="{{ note }}"></label>
    <button>Keep {{ name }}</button></form>
    <ul>{% for note in notes %}<li dj-key="{{ forloop.counter }}">{{ note }}</li>{% endfor %}</ul>"""

    def mount(self, request: HttpRequest, name: str = "", value: int = 0, **kwargs: Any) -> None:
        if name in broken:
            raise RuntimeError(f"{name} is broken")
        self.name, self.value, self.note = name, value, ""
        self.notes: list[str] = []
        self.subscribe("gauges")

    @event_handler
    def more(self) -> None:
        self.value += 1

    @event_handler
    def fail(self) -> None:
        self.value = 99
        raise ValueError("on purpose")

    @event_handler
    def take(self, note: str) -> None:
        self.notes.append(note)

    def handle_info(self, message: Any) -> None:
        self.value += message


class Board(LiveView):
    template = """{% load djust %}<title>Board</title><main><h1>Board {{ clicks }}</h1>
    <button type="button" dj-click="click">Click</button>
    <button type="button" dj-click="toggle">Toggle the third</button>
    <button type="button" dj-click="all">All</button>
    <section aria-label="a">{% live_render "live_site.nested.Gauge" id="a" name="a" value=1 %}</section>
    <section aria-label="b">{% live_render "live_site.nested.Gauge" id="b" name="b" value=2 %}</section>
    {% if third %}<section aria-label="c">{% live_render "live_site.nested.Gauge" id="c" name="c" %}</section>{% endif %}
    </main>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.clicks, self.third = 0, False

    @event_handler
    def click(self) -> None:
        self.clicks += 1

    @event_handler
    def toggle(self) -> None:
        self.third = not self.third

    @event_handler
    def all(self) -> None:
        self.broadcast("gauges", 10)


def break_gauge(request: HttpRequest, name: str, on: int) -> HttpResponse:
    """Let mounts of a gauge fail, or work again."""
    if on:
        broken.add(name)
    else:
        broken.discard(name)
    return HttpResponse("ok")
