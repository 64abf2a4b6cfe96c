"""A counter: some attributes, some handlers, a template."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from djust import LiveView
from djust.decorators import event_handler


class CounterView(LiveView):
    template_name = "pages/counter.html"

    def mount(self, request: HttpRequest, **kwargs: object) -> None:
        self.count = 0
        self.step = 1

    @event_handler
    def increment(self) -> None:
        self.count += self.step

    @event_handler
    def decrement(self) -> None:
        self.count -= self.step

    @event_handler
    def set_step(self, step: Literal[1, 5, 10]) -> None:
        self.step = step

    @event_handler
    def reset(self) -> None:
        self.count = 0
