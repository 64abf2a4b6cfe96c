"""The content security policy that the demo sends with every page.

A live page needs no exception from a strict policy: no inline script, no inline style, no
``eval``, and every string that becomes HTML passes through the client's Trusted Types policy. The
demo sends the policy to show this, and its browser tests fail on the first violation.
"""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

POLICY = "; ".join(
    [
        # 'self' covers the WebSocket too: it has the host and port of the page.
        "default-src 'self'",
        # The preview of a photo that was chosen is an address of the browser's own.
        "img-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
    ]
)
# The scripts of Django's admin assign strings of HTML.
ADMIN_POLICY = POLICY.removesuffix("; require-trusted-types-for 'script'")
_DEBUG_PAGES = {HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR}


class ContentSecurityPolicyMiddleware(MiddlewareMixin):
    """Adds the strict policy to each response, except Django's own debug pages (inline styles)."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Set the header unless the view has set one of its own."""
        if not (settings.DEBUG and response.status_code in _DEBUG_PAGES):
            is_admin = request.path.startswith("/admin/")
            policy = ADMIN_POLICY if is_admin else POLICY
            response.headers.setdefault("Content-Security-Policy", policy)
        return response
