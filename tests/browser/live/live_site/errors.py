"""What goes wrong in development."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from djust import LiveView
from djust.decorators import event_handler


class ErrorsView(LiveView):
    template_name = "errors.html"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.count, self.rows = 0, [1]

    @event_handler
    def more(self) -> None:
        self.count += 1

    @event_handler
    def divide(self) -> None:
        self.count = 1 // 0

    @event_handler
    def spoil(self) -> None:
        self.rows = 5

    @event_handler
    def take(self, number: int) -> None:
        self.count = number
