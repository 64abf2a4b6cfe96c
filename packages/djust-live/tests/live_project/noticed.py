"""Pages that show Django's messages."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from djust_live import LiveView, event_handler


class Noticed(LiveView):
    """Shows them with a loop of its own, and counts."""

    template = (
        "<ul>{% for message in messages %}"
        '<li class="{{ message.tags }}">{{ message }}</li>{% endfor %}</ul><p>{{ count }}</p>'
    )

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        """Begin."""
        self.count = 0

    @event_handler
    def more(self) -> None:
        """Count."""
        self.count += 1

    @event_handler
    def add(self) -> None:
        """Say something, as any view of Django would."""
        messages.warning(self.request, "Added.")


def notice(request: HttpRequest) -> HttpResponse:
    """Say something that the next page shows."""
    messages.success(request, "Saved <it>.", extra_tags="wide")
    messages.error(request, SafeString("<b>No.</b>"))
    if "length" in request.GET:
        messages.info(request, "x" * int(request.GET["length"]))
    return HttpResponse()
