"""Who may see a view: checked at the mount, and again when the login changed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url

from djust_live import enclosure

if TYPE_CHECKING:
    from django.contrib.auth.mixins import (
        LoginRequiredMixin,
        PermissionRequiredMixin,
        UserPassesTestMixin,
    )

    from djust_live.live_view import LiveView
    from djust_live.logins import disconnect_user

__all__ = [
    "LoginRequiredMixin",
    "PermissionRequiredMixin",
    "UserPassesTestMixin",
    "check_view_auth",
    "disconnect_user",
    "login_redirect",
]

_MIXINS = frozenset({"LoginRequiredMixin", "PermissionRequiredMixin", "UserPassesTestMixin"})


def __getattr__(name: str) -> Any:
    # Django's mixins need its auth app to be installed, which a live view does not.
    if name in _MIXINS:
        return getattr(import_module("django.contrib.auth.mixins"), name)
    if name == "disconnect_user":
        return import_module("djust_live.logins").disconnect_user
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def check_view_auth(view: Any, request: HttpRequest) -> str | None:
    """Return where to log in, or None when the user may see ``view``.

    Asks ``login_required`` of the view or its ``live_session``, then ``permission_required``, then
    ``check_permissions``.

    Raises:
        PermissionDenied: The user is logged in and lacks a permission.
    """
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    login_url = resolve_url(getattr(view, "login_url", None) or settings.LOGIN_URL)
    if (getattr(view, "login_required", False) or enclosure.needs_login(request)) and not known:
        return login_url
    wanted = getattr(view, "permission_required", None)
    if wanted:
        permissions = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        if user is None or not user.has_perms(permissions):
            if not known:
                return login_url
            raise PermissionDenied(f"Needs {', '.join(permissions)}.")
    check = getattr(view, "check_permissions", None)
    if check is not None and check(request) is False:
        if not known:
            return login_url
        raise PermissionDenied("check_permissions refused.")
    return None


def check_object(view: LiveView, request: HttpRequest) -> None:
    """Raise ``PermissionDenied`` when the view's object is not for this user."""
    obj = view.get_object()
    if obj is not None and not view.has_object_permission(request, obj):
        raise PermissionDenied("has_object_permission refused.")


def asks_permission(view: LiveView) -> bool:
    """Return whether ``view`` asks for more than a login, which may end while a page waits."""
    kind = type(view)
    own = ("check_permissions", "has_object_permission")
    is_own = any(getattr(kind, name).__module__ != "djust_live.live_view" for name in own)
    return is_own or bool(view.permission_required) or hasattr(view, "test_func")


def login_redirect(view: LiveView, request: HttpRequest, login_url: str) -> HttpResponseRedirect:
    """Return the redirect to the login page that comes back to this page."""
    field = getattr(view, "redirect_field_name", "next")
    parts = urlsplit(login_url)
    query = QueryDict(parts.query, mutable=True)
    query[field] = request.get_full_path()
    return HttpResponseRedirect(urlunsplit(parts._replace(query=query.urlencode(safe="/"))))
