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
    assigned,
    calls,
    checks_urls,
    from_visitor,
    functions,
    is_handler,
    last_name,
    names_in,
    parameters,
    uncleaned,
    visitors_names,
)
from djust_live.checks.values import plain

_REDIRECTS = frozenset(
    {"redirect", "live_redirect", "HttpResponseRedirect", "HttpResponsePermanentRedirect"}
)
_TARGETS = frozenset({"to", "redirect_to", "url", "path"})
# What these return is where Django's views go.
_URL_HOOKS = frozenset({"get_success_url", "get_redirect_url", "get_login_url", "get_next_url"})
_PATHS = frozenset(
    {"open", "Path", "PurePath", "join", "joinpath", "save", "save_uploads", "generate_filename"}
)
_PATH_KEYWORDS = frozenset({"prefix", "name", "file"})
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
        for call, _, text in _marks(function)
        if _is_name_of(plain(text), uncleaned(function)) or _is_direct(plain(text))
    }
    for call, name, text in _marks(source.tree):
        if (call in sent and name != "format_html") or source.values.interpolates(text):
            what = "what a visitor sent" if call in sent else "text with values in it"
            yield (
                call,
                warning(
                    "S001",
                    f"{name} gets {what}, which nobody has escaped.",
                    'Use format_html("<b>{}</b>", value).',
                    source.place(call),
                ),
            )


def _marks(tree: ast.AST) -> Iterator[tuple[ast.Call, str, ast.expr]]:
    for call, name in calls(tree):
        if name in ("mark_safe", "SafeString", "SafeText", "format_html"):
            for text in [*call.args[:1], *(one.value for one in call.keywords if one.arg == "s")]:
                yield call, name, text


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
        for node, target in _targets(function):
            if _begins_with(target, theirs):
                yield (
                    node,
                    warning(
                        "S004",
                        "A redirect goes where the visitor says, also to another site.",
                        "Ask url_has_allowed_host_and_scheme() first.",
                        source.place(node),
                    ),
                )


def _targets(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
) -> Iterator[tuple[ast.AST, ast.expr]]:
    """Yield where a function sends visitors, each with the node that does."""
    for call, name in calls(function):
        if name in _REDIRECTS:
            named = (one.value for one in call.keywords if one.arg in _TARGETS)
            yield from ((call, target) for target in (*call.args[:1], *named))
        elif name == "as_view" and "RedirectView" in ast.unparse(call.func):
            yield from ((call, one.value) for one in call.keywords if one.arg == "url")
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and function.name in _URL_HOOKS and node.value is not None:
            yield node, node.value
        elif isinstance(node, ast.Assign) and any(_is_location(one) for one in node.targets):
            yield node, node.value


def _is_location(target: ast.expr) -> bool:
    return (
        isinstance(target, ast.Subscript)
        and isinstance(target.slice, ast.Constant)
        and str(target.slice.value).lower() == "location"
    )


def _begins_with(target: ast.expr, theirs: set[str]) -> bool:
    """Return whether an address begins with what a visitor sent; behind a path it is harmless."""
    if isinstance(target, ast.JoinedStr) and target.values:
        first = target.values[0]
        return isinstance(first, ast.FormattedValue) and _begins_with(first.value, theirs)
    if isinstance(target, ast.BinOp):
        return _begins_with(target.left, theirs)
    if isinstance(target, ast.BoolOp):
        return any(_begins_with(one, theirs) for one in target.values)
    if isinstance(target, ast.IfExp):
        return any(_begins_with(one, theirs) for one in (target.body, target.orelse))
    target = plain(target)
    return _is_name_of(target, theirs) or _is_direct(target)


def _is_name_of(node: ast.expr, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _is_direct(target: ast.expr) -> bool:
    """Return whether an expression is a value of the request itself, as ``request.GET["next"]``."""
    is_value = isinstance(target, ast.Subscript) or (
        isinstance(target, ast.Call) and last_name(target.func) == "get"
    )
    return is_value and from_visitor(target)


def _upload_names(source: PythonSource) -> Found:
    files, names = _uploads(source.tree)
    for call, name in calls(source.tree):
        given = [*call.args, *(one.value for one in call.keywords if one.arg in _PATH_KEYWORDS)]
        if name in _PATHS and any(_names_upload(one, files, names) for one in given):
            yield (call, _raw_name(source, call))
    for node in ast.walk(source.tree):
        is_path = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
        if is_path and _names_upload(node, files, names):
            yield (node, _raw_name(source, node))


def _uploads(tree: ast.AST) -> tuple[set[str], set[str]]:
    """Return the names that hold uploaded files, and those that hold what such a file is called."""
    files, names = set(), set()
    for node in ast.walk(tree):
        loops = isinstance(node, (ast.For, ast.AsyncFor)) and isinstance(node.target, ast.Name)
        given = [(node.target.id, node.iter)] if loops else assigned(node)  # type: ignore[attr-defined]
        for name, value in given:
            if _reads_files(value) and not _names_upload(value, set(), set()):
                files.add(name)
            elif isinstance(value, ast.Attribute) and _names_upload(value, files, set()):
                names.add(name)
    return files, names


def _reads_files(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Attribute) and one.attr == "FILES" for one in ast.walk(node))


def _names_upload(node: ast.AST, files: set[str], names: set[str]) -> bool:
    if "get_valid_filename" in names_in(node):
        return False
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id in names:
            return True
        if not isinstance(inner, ast.Attribute):
            continue
        is_file = last_name(inner.value) in files or _reads_files(inner.value)
        if inner.attr in _UPLOADED or (inner.attr == "name" and is_file):
            return True
    return False


def _raw_name(source: PythonSource, node: ast.AST) -> CheckMessage:
    return warning(
        "S005",
        "The name that the visitor gave an uploaded file becomes part of a path.",
        "Use safe_name of the entry, or a name of your own.",
        source.place(node),
    )
