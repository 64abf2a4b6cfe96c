"""A Django form that answers while it is filled in, and works without JavaScript."""

from __future__ import annotations

from django.http import HttpRequest
from djust import LiveView
from djust.decorators import event_handler
from djust.forms import FormMixin

from pages.booking import BookingForm


class BookingView(FormMixin, LiveView):
    template_name = "pages/form.html"
    form_class = BookingForm

    def mount(self, request: HttpRequest, **kwargs: object) -> None:
        self.booked: dict[str, str] = {}

    def form_valid(self, form: BookingForm) -> None:
        self.booked = {name: str(value) for name, value in form.cleaned_data.items()}

    @event_handler
    def begin(self) -> None:
        self.booked = {}
        self.reset_form()
