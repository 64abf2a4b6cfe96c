"""Checks of Python code for what lets strangers in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage

from djust_live.checks.messages import unsilenced, warning
from djust_live.checks.python_sources import PythonSource, project_sources
from djust_live.checks.routes import routed_views
from djust_live.checks.syntax import (
    calls,
    checks_urls,
    from_visitor,
    functions,
    is_handler,
    is_interpolated,
    last_name,
    names_in,
    parameters,
    uncleaned,
    visitors_names,
)

_REDIRECTS = frozenset({"redirect", "HttpResponseRedirect", "HttpResponsePermanentRedirect"})
_PATHS = frozenset({"open", "Path", "join", "joinpath", "save", "generate_filename"})
_UPLOADED = frozenset({"client_name"})


def check_hosts(**kwargs: Any) -> list[CheckMessage]:
    """Name a wildcard among the hosts: the socket's origin is compared with the host."""
    if settings.DEBUG or "*" not in settings.ALLOWED_HOSTS or not routed_views():
        return []
    return unsilenced(
        [
            warning(
                "S008",
                'ALLOWED_HOSTS has "*", so a socket is accepted from pages of any host.',
                "Name the hosts that serve this project.",
            )
        ]
    )


def check_security(**kwargs: Any) -> list[CheckMessage]:
    """Look through the project's Python files."""
    return unsilenced(message for source in project_sources() for message in findings(source))


def findings(source: PythonSource) -> list[CheckMessage]:
    """Return what one file is warned about."""
    found = [
        *_unsafe_marks(source),
        *_exempt(source),
        *_bare_excepts(source),
        *_open_redirects(source),
        *_upload_names(source),
    ]
    return [message for node, message in found if not _silenced(source, node, message)]


Found = Iterator[tuple[ast.AST, CheckMessage]]


def _silenced(source: PythonSource, node: ast.AST, message: CheckMessage) -> bool:
    return source.is_silenced(node, str(message.id).removeprefix("djust."))


def _unsafe_marks(source: PythonSource) -> Found:
    sent = {
        call
        for function in functions(source.tree)
        for call in _marks(function)
        if _is_name_of(call.args[0], uncleaned(function)) or _is_direct(call.args[0])
    }
    for call in _marks(source.tree):
        if call in sent or is_interpolated(call.args[0]):
            what = "what a visitor sent" if call in sent else "text with values in it"
            yield (
                call,
                warning(
                    "S001",
                    f"mark_safe gets {what}, which nobody has escaped.",
                    'Use format_html("<b>{}</b>", value).',
                    source.place(call),
                ),
            )


def _marks(tree: ast.AST) -> Iterator[ast.Call]:
    for call, name in calls(tree):
        if name in ("mark_safe", "SafeString") and call.args:
            yield call


def _exempt(source: PythonSource) -> Found:
    for node in ast.walk(source.tree):
        is_use = isinstance(node, (ast.Name, ast.Attribute)) and last_name(node) == "csrf_exempt"
        line = getattr(node, "lineno", 0)
        if is_use and not any("#" in source.line(number) for number in (line - 1, line)):
            yield (
                node,
                warning(
                    "S002",
                    "csrf_exempt opens a view to forms of other sites.",
                    "Remove it, or write the reason as a comment beside it.",
                    source.place(node),
                ),
            )


def _bare_excepts(source: PythonSource) -> Found:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield (
                node,
                warning(
                    "S003",
                    "A bare except hides every error, also refused permissions.",
                    "Name the errors that are expected here.",
                    source.place(node),
                ),
            )


def _open_redirects(source: PythonSource) -> Found:
    for function in functions(source.tree):
        if checks_urls(function):
            continue
        theirs = visitors_names(function)
        theirs |= parameters(function) if is_handler(function) else set()
        for call, name in calls(function):
            if name not in _REDIRECTS or not call.args:
                continue
            target = call.args[0]
            if _is_name_of(target, theirs) or _is_direct(target):
                yield (
                    call,
                    warning(
                        "S004",
                        "A redirect goes where the visitor says, also to another site.",
                        "Ask url_has_allowed_host_and_scheme() first.",
                        source.place(call),
                    ),
                )


def _is_name_of(node: ast.expr, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _is_direct(target: ast.expr) -> bool:
    """Return whether an expression is a value of the request itself, as ``request.GET["next"]``."""
    is_value = isinstance(target, ast.Subscript) or (
        isinstance(target, ast.Call) and last_name(target.func) == "get"
    )
    return is_value and from_visitor(target)


def _upload_names(source: PythonSource) -> Found:
    for call, name in calls(source.tree):
        if name in _PATHS and any(_names_upload(argument) for argument in call.args):
            yield (call, _raw_name(source, call))
    for node in ast.walk(source.tree):
        is_path = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
        if is_path and _names_upload(node):
            yield (node, _raw_name(source, node))


def _names_upload(node: ast.AST) -> bool:
    return any(
        isinstance(inner, ast.Attribute)
        and (
            inner.attr in _UPLOADED
            or (inner.attr == "name" and "request.FILES" in ast.unparse(inner.value))
        )
        for inner in ast.walk(node)
    ) and "get_valid_filename" not in {*names_in(node)}


def _raw_name(source: PythonSource, node: ast.AST) -> CheckMessage:
    return warning(
        "S005",
        "The name that the visitor gave an uploaded file becomes part of a path.",
        "Use safe_name of the entry, or a name of your own.",
        source.place(node),
    )
