"""Every decorator of handlers, and commands written in Python."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from djust import JS, LiveView
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
