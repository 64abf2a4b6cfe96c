"""Every decorator of handlers, and commands written in Python."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from djust import JS, LiveComponent, LiveView
from djust.decorators import (
    action,
    background,
    cache,
    client_state,
    computed,
    debounce,
    event_handler,
    optimistic,
    permission_required,
    rate_limit,
    throttle,
)


class DecoratedView(LiveView):
    template_name = "decorated.html"
    menu = JS.toggle("#menu").toggle_class("open", to={"closest": "section"}).focus("#first")
    both = JS.set_attribute("data-step", "2", to="#menu").push("choose", {"value": "from JS"})
    away = JS.navigate("/words/")

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.searches: list[str] = []
        self.ran = 0
        self.found: list[str] = []
        self.chosen = "none"
        self.likes = 5
        self.is_done = False
        self.percent = 0

    @computed("searches")
    def summary(self) -> str:
        return " ".join(self.searches)

    @event_handler
    @debounce(wait=0.3)
    def search(self, value: str) -> None:
        self.searches.append(f"d:{value}")

    @event_handler
    @throttle(interval=0.4)
    def move(self, value: str) -> None:
        self.searches.append(f"t:{value}")

    @cache(ttl=60)
    @event_handler
    def find(self, word: str) -> dict[str, int]:
        type(self).calls = getattr(type(self), "calls", 0) + 1
        self.found = [f"{word} {type(self).calls}"]
        return {"count": 1}

    @event_handler
    def clear(self) -> None:
        self.found = []

    @optimistic("toggle class done; increment on #likes")
    @event_handler
    def like(self, agree: bool = True) -> None:
        if agree:
            self.likes += 1
            self.is_done = not self.is_done

    @optimistic
    @event_handler
    def nothing(self) -> None:
        """The element says what shows at once."""

    @client_state(keys=["chosen"])
    @event_handler
    def choose(self, value: str) -> None:
        self.chosen = value

    @permission_required("auth.add_user")
    @event_handler
    def forbidden(self) -> None:
        self.chosen = "forbidden"

    @rate_limit(rate=0.01, burst=1)
    @event_handler
    def rarely(self) -> None:
        self.ran += 1

    @background
    @event_handler
    def work(self) -> None:
        self.percent = 50
        self.percent = 100

    @action
    @event_handler
    def save(self) -> str:
        raise ValueError("the shelf is full")


class Shelf(LiveComponent):
    """A part with handlers that have the names of the view's, and rules of their own."""

    name = "shelf"
    template = """<fieldset id="{{ id }}"><legend>Shelf {{ id }}</legend>
    <input aria-label="Search {{ id }}" dj-input="search">
    <input aria-label="Move {{ id }}" dj-input="move"><p class="heard">{{ heard|join:" " }}</p>
    <button dj-click="like">Like {{ id }}</button><b class="likes">{{ likes }}</b></fieldset>"""

    def mount(self, **props: Any) -> None:
        self.heard: list[str] = []
        self.likes = 0

    @throttle(interval=0.4)
    @event_handler
    def search(self, value: str) -> None:
        self.heard.append(f"s:{value}")

    @debounce(wait=0.3)
    @event_handler
    def move(self, value: str) -> None:
        self.heard.append(f"m:{value}")

    @optimistic("add class done on closest fieldset")
    @event_handler
    def like(self) -> None:
        self.likes += 1


class ShelvesView(LiveView):
    """Components, some of which come later, beside handlers of the same names without rules."""

    template = """{% load djust %}<html lang="en"><head><title>Shelves</title></head><body><main>
    {% for key in keys %}{% live_component "shelf" id=key %}{% endlive_component %}{% endfor %}
    <input aria-label="Search all" dj-input="search"><p id="heard">{{ heard|join:" " }}</p>
    <button dj-click="like">Like all</button><button dj-click="add">Add</button>
    </main></body></html>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.keys: list[str] = []
        self.heard: list[str] = []

    @event_handler
    def add(self) -> None:
        self.keys.append("abc"[len(self.keys)])

    @event_handler
    def search(self, value: str) -> None:
        self.heard.append(value)

    @event_handler
    def like(self) -> None:
        """Nothing shows before the answer, nor after it."""


class Inside(LiveView):
    """A view inside of another, whose handlers have the same names and other rules."""

    template = """<fieldset id="{{ key }}"><legend>Inside {{ key }}</legend>
    <input aria-label="Search {{ key }}" dj-input="search"><p class="heard">{{ heard|join:" " }}</p>
    <button dj-click="like">Like {{ key }}</button><b class="likes">{{ likes }}</b></fieldset>"""

    def mount(self, request: HttpRequest, key: str = "", **kwargs: Any) -> None:
        self.key = key
        self.heard: list[str] = []
        self.likes = 0

    @throttle(interval=0.4)
    @event_handler
    def search(self, value: str) -> None:
        self.heard.append(f"i:{value}")

    @optimistic("add class done on closest fieldset")
    @event_handler
    def like(self) -> None:
        self.likes += 1


class AroundView(LiveView):
    """Rules of its own around views with others, which attach later than the page."""

    template = """{% load djust %}<html lang="en"><head><title>Around</title></head><body><main>
    {% live_render "live_site.decorated.Inside" id="a" key="a" %}
    {% if two %}{% live_render "live_site.decorated.Inside" id="b" key="b" %}{% endif %}
    <input aria-label="Search all" dj-input="search"><p id="heard">{{ heard|join:" " }}</p>
    <button dj-click="like">Like all</button><button dj-click="add">Add</button>
    </main></body></html>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.two = False
        self.heard: list[str] = []

    @event_handler
    def add(self) -> None:
        self.two = True

    @debounce(wait=0.3)
    @event_handler
    def search(self, value: str) -> None:
        self.heard.append(value)

    @optimistic("add class seen on main")
    @event_handler
    def like(self) -> None:
        """What shows before the answer goes with it."""
