"""Checks for state of a user in a view that anybody may load."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage

from djust_live.checks.messages import unsilenced, warning
from djust_live.checks.routes import callbacks, is_decorated
from djust_live.checks.syntax import last_name
from djust_live.live_view import LiveView

_RULES = ("check_permissions", "has_object_permission", "test_func", "dispatch", "get")
_ASKS = frozenset({"is_authenticated", "is_anonymous", "is_staff", "is_superuser", "has_perm"})


def check_exposure(**kwargs: Any) -> list[CheckMessage]:
    """Find views that keep what belongs to ``request.user`` and ask nobody who that is."""
    if any(name.endswith("LoginRequiredMiddleware") for name in settings.MIDDLEWARE):
        return []
    found = {}
    for view, callback in callbacks():
        if not _is_guarded(view, callback) and any(_keeps_user(cls) for cls in _own(view)):
            found[view] = warning(
                "S010",
                f"{view.__qualname__} keeps what belongs to request.user, and lets anybody in.",
                "Set login_required, or ask request.user.is_authenticated.",
                view,
            )
    return unsilenced(found.values())


def _is_guarded(view: type[LiveView], callback: Any) -> bool:
    if view.login_required or view.permission_required or view.on_mount:
        return True
    enclosure = getattr(callback, "_djust_enclosure", None)
    if enclosure is not None and (enclosure.login_required or enclosure.on_mount):
        return True
    own = any(getattr(view, name, None) is not getattr(LiveView, name, None) for name in _RULES)
    return own or any(_asks(cls) for cls in _own(view)) or is_decorated(callback)


def _own(view: type[LiveView]) -> Iterator[ast.AST]:
    for cls in view.__mro__:
        if cls in LiveView.__mro__ or cls.__module__.partition(".")[0].startswith("djust"):
            continue
        try:
            yield ast.parse(textwrap.dedent(inspect.getsource(cls)))
        except (OSError, SyntaxError, TypeError):
            continue  # made at run time: there is no source to look at


def _asks(tree: ast.AST) -> bool:
    return bool(_ASKS & {last_name(node) for node in ast.walk(tree)})


def _keeps_user(tree: ast.AST) -> bool:
    """Return whether ``request.user`` becomes an attribute, or narrows a query."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _is_user(node.value):
            return any(last_name(target) and _is_of_self(target) for target in node.targets)
        if isinstance(node, ast.keyword) and _is_user(node.value):
            return True
    return False


def _is_user(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "user"
        and last_name(node.value) == "request"
    )


def _is_of_self(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )
