"""Whether a socket was opened by a page of this site."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.utils.http import is_same_domain


def is_allowed(scope: Mapping[str, Any]) -> bool:
    """Return whether the ``Origin`` header of a connection is the site's own or a trusted one.

    The rule is the one of Django's CSRF protection: the origin's host is the host that the
    connection was made to, or ``CSRF_TRUSTED_ORIGINS`` names it. The scheme is not compared, since
    a proxy that ends TLS hides it. Every browser sends the header with a WebSocket; without it
    there is no browser, and so no cookie that another site could make use of.
    """
    origin = _header(scope, b"origin")
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
        host = parts.netloc
        # Reads Host, or X-Forwarded-Host when the settings say so, and asks ALLOWED_HOSTS.
        own = _http_view(scope).get_host()
    except (DisallowedHost, ValueError):
        return False
    if not host or parts.scheme not in ("http", "https"):
        return False
    return _with_port(host, parts.scheme) == _with_port(own, parts.scheme) or _is_trusted(
        origin, parts.scheme, host
    )


def _is_trusted(origin: str, scheme: str, host: str) -> bool:
    for trusted in settings.CSRF_TRUSTED_ORIGINS:
        if trusted == origin:
            return True
        trusted_parts = urlsplit(trusted)
        if "*" in trusted and trusted_parts.scheme == scheme:
            if is_same_domain(host, trusted_parts.netloc.lstrip("*")):
                return True
    return False


def _with_port(host: str, scheme: str) -> str:
    """Return ``host`` with its port; an IPv6 address ends in a bracket, not in a port."""
    if ":" in host.rpartition("]")[2]:
        return host.lower()
    return f"{host.lower()}:{443 if scheme == 'https' else 80}"


def _http_view(scope: Mapping[str, Any]) -> ASGIRequest:
    return ASGIRequest({**scope, "method": "GET"}, io.BytesIO())


def _header(scope: Mapping[str, Any], wanted: bytes) -> str | None:
    for name, value in scope.get("headers", []):
        if name == wanted:
            return str(value.decode("latin-1"))
    return None
