"""Who is behind a socket: the request that stands for it, and whether it is still the same user."""

from __future__ import annotations

import io
from collections.abc import Mapping
from http.cookies import CookieError
from importlib import import_module
from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.messages.storage import default_storage
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, parse_cookie
from django.utils.functional import SimpleLazyObject

from djust_live.errors import AuthChanged, ForeignSession
from djust_live.tokens import MountToken, auth_binding, session_binding

Scope = Mapping[str, Any]


def request_of(scope: Scope, path: str) -> HttpRequest:
    """Return the GET request that a browser would make over this connection.

    Args:
        scope: The ASGI scope of the socket; ``session`` and ``user`` are used when a middleware
            put them there.
        path: Path and query string, as signed into the page.
    """
    path_info, _, query = path.partition("?")
    headers = [
        (name, value) for name, value in scope.get("headers", []) if name != b"content-length"
    ]
    http_scope = {
        **scope,
        "type": "http",
        "method": "GET",
        "path": path_info,
        "query_string": query.encode("latin-1", "replace"),
        "headers": headers,
        "scheme": {"wss": "https", "ws": "http"}.get(scope.get("scheme", "ws"), "http"),
    }
    request = ASGIRequest(http_scope, io.BytesIO())
    request.path = path_info
    script_name = str(request.META.get("SCRIPT_NAME") or "").rstrip("/")
    if script_name and path_info.startswith(script_name):
        request.path_info = path_info[len(script_name) :] or "/"
    _add_session(request, scope)
    _add_user(request, scope)
    if apps.is_installed("django.contrib.messages"):
        request._messages = default_storage(request)  # type: ignore[attr-defined]
    return request


def check(token: MountToken, request: HttpRequest) -> None:
    """Return when ``request`` comes from the browser and the user that the page was made for.

    Raises:
        ForeignSession: Another browser session (``DJL303``).
        AuthChanged: Another user, or the same with another password (``DJL304``).
    """
    session = session_binding(request)
    if token.session and session != token.session:
        # A login or logout gives the session a new key; the page need not tell the two apart.
        raise ForeignSession("The page was made for another session.")
    if token.session and not token.auth:
        return  # a login would have changed the key
    if auth_binding(request) != token.auth:
        raise AuthChanged("The login changed since the page was made.")


def cookies_of(scope: Scope) -> dict[str, str]:
    """Return the cookies of a connection."""
    for name, value in scope.get("headers", []):
        if name == b"cookie":
            try:
                return parse_cookie(value.decode("latin-1"))
            except CookieError:
                return {}
    return {}


def _add_session(request: HttpRequest, scope: Scope) -> None:
    if "session" in scope:
        request.session = scope["session"]
    elif apps.is_installed("django.contrib.sessions") or settings.SESSION_ENGINE:
        store = import_module(settings.SESSION_ENGINE).SessionStore
        request.session = store(cookies_of(scope).get(settings.SESSION_COOKIE_NAME))


def _add_user(request: HttpRequest, scope: Scope) -> None:
    if "user" in scope:
        request.user = scope["user"]
    elif apps.is_installed("django.contrib.auth"):
        request.user = cast(Any, SimpleLazyObject(lambda: get_user(request)))
