"""Checks for gates that stand before the page and not before what is clicked in it."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from djust_live.checks.messages import unsilenced, warning
from djust_live.checks.places import Place
from djust_live.checks.python_sources import is_of_project, read
from djust_live.checks.routes import callbacks, routed_views
from djust_live.checks.syntax import calls, last_name
from djust_live.live_view import LiveView

_REFUSALS = frozenset({"HttpResponseForbidden", "PermissionDenied", "redirect_to_login"})
_REDIRECTS = frozenset({"redirect", "HttpResponseRedirect"})
_ASKED_AGAIN = ("check_permissions", "has_object_permission", "test_func")
_COUNTING = ("ratelimit", "throttl")


def check_gates(**kwargs: Any) -> list[CheckMessage]:
    """Find what refuses visitors of pages and is not asked again on the socket."""
    found: list[CheckMessage] = []
    if routed_views():
        found += _of_middleware()
    for view in routed_views():
        found += _of_mount(view)
    for view, callback in callbacks():
        found += _of_limits(view, callback)
    return unsilenced(found)


def _of_middleware() -> Iterator[CheckMessage]:
    for dotted in settings.MIDDLEWARE:
        middleware = import_string(dotted)
        if _is_asked_on_sockets(middleware):
            continue
        file = getattr(sys.modules.get(middleware.__module__), "__file__", None)
        source = read(Path(file)) if file else None
        if source is None or not is_of_project(source.path, middleware.__module__):
            continue
        for node in ast.walk(source.tree):
            is_it = getattr(node, "name", "") == middleware.__name__
            if is_it and _refuses(node) and not source.is_silenced(node, "S009"):
                yield warning(
                    "S009",
                    f"{dotted} refuses visitors, and sees neither sockets nor what is clicked.",
                    "Ask the same in check_permissions, or in a mixin before LiveView.",
                    source.place(node),
                )


def _is_asked_on_sockets(middleware: Any) -> bool:
    """Return whether it is Django's LoginRequiredMiddleware, or derives from it."""
    kinds = getattr(middleware, "__mro__", ())
    return any(kind.__name__ == "LoginRequiredMiddleware" for kind in kinds)


def _refuses(tree: ast.AST) -> bool:
    names = {last_name(node) for node in ast.walk(tree)}
    asks_user = any(
        isinstance(node, ast.Attribute) and node.attr == "user" for node in ast.walk(tree)
    )
    return bool(names & _REFUSALS) or (asks_user and bool(names & _REDIRECTS))


def _of_mount(view: type[LiveView]) -> Iterator[CheckMessage]:
    if any(_defines(view, name) for name in _ASKED_AGAIN) or not _defines(view, "mount"):
        return
    if view.permission_required or view.login_required:
        return
    try:
        lines, first = inspect.getsourcelines(view.mount)
        file = inspect.getsourcefile(view.mount) or ""
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError, TypeError):
        return  # made at run time: there is no source to look at
    if _raises_denied(tree) and not any("djust.V007" in line for line in lines):
        yield warning(
            "V007",
            f"{view.__qualname__}.mount refuses visitors, and is not asked again: not when a "
            "saved page comes back, and not when a permission is lost.",
            "Refuse in check_permissions, or in has_object_permission.",
            Place(file, first),
        )


def _raises_denied(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Raise)
        and node.exc is not None
        and "PermissionDenied" in {last_name(inner) for inner in ast.walk(node.exc)}
        for node in ast.walk(tree)
    ) or any(name == "redirect_to_login" for _, name in calls(tree))


def _of_limits(view: type[LiveView], callback: Any) -> Iterator[CheckMessage]:
    around = {*_modules_around(callback), *_modules_around(vars(view).get("dispatch"))}
    counting = sorted(one for one in around if any(word in one.lower() for word in _COUNTING))
    if counting:
        yield warning(
            "V008",
            f"{counting[0]} counts the pages of {view.__qualname__}, and not its events.",
            "Put @rate_limit on its handlers.",
            view,
        )


def _modules_around(function: Any) -> Iterator[str]:
    """Yield the modules of the decorators around a view, also of those inside method_decorator."""
    seen = set()
    waiting = [function]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or not inspect.isfunction(one):
            continue
        seen.add(id(one))
        yield str(one.__globals__.get("__name__", ""))
        waiting.append(getattr(one, "__wrapped__", None))
        for cell in one.__closure__ or ():
            held = _content(cell)
            waiting += held if isinstance(held, (list, tuple)) else [held]


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None  # not set yet


def _defines(cls: type, name: str) -> bool:
    found = getattr(cls, name, None)
    return found is not None and str(found.__module__) != "djust_live.live_view"
