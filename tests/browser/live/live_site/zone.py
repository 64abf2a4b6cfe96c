"""The time zone of a visitor, kept in the session as projects do it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin


class ZoneMiddleware(MiddlewareMixin):
    """Activates what the session says."""

    def process_request(self, request: HttpRequest) -> None:
        name = request.session.get("zone")
        if name:
            timezone.activate(name)
        else:
            timezone.deactivate()

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        timezone.deactivate()
        return response
