"""The strict content security policy that every page is sent with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

POLICY = "default-src 'self'; require-trusted-types-for 'script'"


class PolicyMiddleware(MiddlewareMixin):
    """Adds the header."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response
