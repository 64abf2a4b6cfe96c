"""A Django form that answers while it is filled in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from djust import LiveView
from djust.decorators import event_handler

from pages.booking import BookingForm


class BookingView(LiveView):
    template_name = "pages/form.html"

    def mount(self, request: HttpRequest, **kwargs: object) -> None:
        self.begin()

    @event_handler
    def begin(self) -> None:
        self.values: dict[str, str] = {"desks": "1"}
        self.touched: list[str] = []
        self.booked: dict[str, str] = {}

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        form = BookingForm(self.values)
        for name in list(form.errors):
            if name not in self.touched:
                del form.errors[name]
        return {"form": form, "booked": self.booked}

    @event_handler
    def validate(self, field_name: str, **fields: str) -> None:
        self.values = fields
        self.touched.append(field_name)

    @event_handler
    def submit(self, **fields: str) -> None:
        form = BookingForm(fields)
        self.values = fields
        self.touched = list(form.fields)
        if form.is_valid():
            self.booked = {name: str(value) for name, value in form.cleaned_data.items()}
