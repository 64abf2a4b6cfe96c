"""What every live view offers to the browser, and code in it that trusts too much."""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.core.checks import CheckMessage

from djust_live.checks.catalogue import CATALOGUE
from djust_live.checks.messages import unsilenced, warning
from djust_live.checks.python_sources import PythonSource, project_sources
from djust_live.checks.routes import callbacks, is_decorated, routes
from djust_live.checks.security import findings
from djust_live.checks.syntax import (
    calls,
    functions,
    is_handler,
    is_interpolated,
    last_name,
    names_in,
    parameters,
)
from djust_live.events import Handler
from djust_live.live_view import LiveView

TITLES = {
    **CATALOGUE,
    "A001": "An object is fetched by what the visitor says, without asking whose it is",
    "A002": "A handler of a view without access rules writes to the database",
    "A003": "SQL is put together from values",
}
_FETCHES = frozenset({"get", "aget", "get_object_or_404", "aget_object_or_404", "filter"})
_KEYS = frozenset({"pk", "id", "pk__in", "id__in", "uuid", "slug"})
_WRITES = frozenset(
    {"save", "asave", "create", "acreate", "bulk_create", "bulk_update", "get_or_create"}
    | {"update_or_create", "delete", "adelete"}
)
_SQL = frozenset({"execute", "executemany", "raw", "extra", "RawSQL"})
_GUARDS = frozenset(
    {"has_perm", "has_perms", "has_object_permission", "check_permissions", "PermissionDenied"}
)


@dataclass(frozen=True)
class HandlerEntry:
    """One method that the browser may call.

    Attributes:
        name: Of the method.
        parameters: Names with what each expects.
        permissions: All of them are needed.
        decorators: What else its decorators say.
    """

    name: str
    parameters: dict[str, str]
    permissions: tuple[str, ...]
    decorators: tuple[str, ...]


@dataclass(frozen=True)
class ViewEntry:
    """One live view.

    Attributes:
        view: Its dotted name.
        url: The route that leads to it.
        access: The rules that a visitor has to meet; empty: anybody may see it.
        state: Names of what templates may show and the browser may be told.
        handlers: What the browser may call.
    """

    view: str
    url: str
    access: tuple[str, ...]
    state: tuple[str, ...]
    handlers: tuple[HandlerEntry, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as it stands in JSON."""
        return asdict(self)


def entries() -> list[ViewEntry]:
    """Return every live view of the URLconf, in the order of the patterns."""
    return [_entry(view, callback, url) for view, callback, url in routes()]


def trusting() -> list[CheckMessage]:
    """Return what the security checks and the audit's own rules find in the project's code."""
    guarded = _guarded()
    found: list[CheckMessage] = []
    for source in project_sources():
        found += findings(source)
        for node, message in _suspicions(source, guarded):
            if not source.is_silenced(node, str(message.id).removeprefix("djust.")):
                found.append(message)
    return unsilenced(found)


def _guarded() -> set[str]:
    """Return the classes whose handlers nobody reaches without meeting a rule."""
    behind: dict[bool, set[str]] = {True: set(), False: set()}
    for view, callback in callbacks():
        names = (cls.__qualname__ for cls in view.__mro__)
        behind[bool(_access(view, callback))].update(names)
    return behind[True] - behind[False]


def _entry(view: type[LiveView], callback: Any, url: str) -> ViewEntry:
    known = view._djust_class
    assigned = _assigned(view)
    return ViewEntry(
        view=f"{view.__module__}.{view.__qualname__}",
        url=url,
        access=_access(view, callback),
        state=tuple(sorted({*known.defaults, *known.properties, *assigned} - {"connected"})),
        handlers=tuple(_handler(one) for one in view.event_handlers().values()),
    )


def _handler(handler: Handler) -> HandlerEntry:
    marks = handler.marks
    said = {
        "background": marks.is_background,
        "action": marks.is_action,
        "debounce": marks.debounce_ms is not None,
        "throttle": marks.throttle_ms is not None,
        "rate_limit": marks.rate is not None,
        "client_state": bool(marks.published),
        "cache": marks.cache is not None,
        "optimistic": bool(marks.optimistic),
    }
    given = {one.name: one.expected for one in handler.parameters}
    if handler.accepts_extra:
        given["**"] = "any value"
    return HandlerEntry(
        handler.name,
        given,
        tuple(marks.permissions),
        tuple(name for name, on in said.items() if on),
    )


def _access(view: type[LiveView], callback: Any) -> tuple[str, ...]:
    rules = []
    if view.login_required:
        rules.append("login_required")
    if view.permission_required:
        rules.append(f"permission_required={view.permission_required}")
    for name in ("check_permissions", "has_object_permission", "dispatch"):
        if getattr(view, name) is not getattr(LiveView, name):
            rules.append(name)
    if view.on_mount:
        rules.append("on_mount")
    # Django asks no mixin that stands behind LiveView.
    asked = view.__mro__[: view.__mro__.index(LiveView)]
    rules += [base.__name__ for base in asked if base.__name__ in _MIXINS]
    enclosure = getattr(callback, "_djust_enclosure", None)
    if enclosure is not None:
        rules += [f"live_session: {name}" for name in _ENCLOSING if getattr(enclosure, name)]
    if is_decorated(callback):
        rules.append("decorator of django.contrib.auth")
    return tuple(rules)


_ENCLOSING = ("login_required", "on_mount")
_MIXINS = frozenset({"LoginRequiredMixin", "PermissionRequiredMixin", "UserPassesTestMixin"})


def _assigned(view: type[LiveView]) -> set[str]:
    """Return the public names that the methods of a view assign to ``self``."""
    code = [vars(cls) for cls in view.__mro__ if cls not in LiveView.__mro__]
    names: set[str] = set()
    for members in code:
        for member in members.values():
            function = getattr(member, "__code__", None)
            if function is not None and function.co_varnames[:1] == ("self",):
                names |= set(_stored(function))
    return {name for name in names if not name.startswith("_")}


def _stored(code: Any) -> Iterator[str]:
    before: Any = None
    for instruction in dis.get_instructions(code):
        if instruction.opname == "STORE_ATTR" and before == "self":
            yield str(instruction.argval)
        loaded = instruction.argval
        # Newer versions of Python load two names at once.
        before = loaded[-1] if isinstance(loaded, tuple) and loaded else loaded


def _suspicions(source: PythonSource, guarded: set[str]) -> Iterator[tuple[ast.AST, CheckMessage]]:
    for call, name in calls(source.tree):
        if name in _SQL and call.args and is_interpolated(call.args[0]):
            yield (
                call,
                warning(
                    "A003",
                    f"{name}() gets SQL with values in it.",
                    'Pass them as parameters: execute("… WHERE id = %s", [pk]).',
                    source.place(call),
                ),
            )
    for cls in ast.walk(source.tree):
        if not isinstance(cls, ast.ClassDef):
            continue
        for function in functions(cls):
            if is_handler(function) and not _guards(function):
                yield from _in_handler(source, cls, function, guarded)


def _in_handler(
    source: PythonSource,
    cls: ast.ClassDef,
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    guarded: set[str],
) -> Iterator[tuple[ast.AST, CheckMessage]]:
    theirs = parameters(function)
    for call, name in calls(function):
        where = f"{cls.name}.{function.name}"
        keys = {one.arg for one in call.keywords if one.arg}
        by_key = {used for one in call.keywords if one.arg in _KEYS for used in names_in(one.value)}
        if name in _FETCHES and by_key & theirs and keys <= _KEYS and _is_whole(call):
            yield (
                call,
                warning(
                    "A001",
                    f"{where} fetches by {', '.join(sorted(by_key & theirs))}, which any visitor "
                    "may set to any value.",
                    "Ask for the owner too: get(pk=pk, owner=self.request.user).",
                    source.place(call),
                ),
            )
        if name in _WRITES and isinstance(call.func, ast.Attribute) and cls.name not in guarded:
            yield (
                call,
                warning(
                    "A002",
                    f"{where} writes with {name}(), and anybody may call it.",
                    "Set login_required or permission_required, or silence this for a public page.",
                    source.place(call),
                ),
            )


def _is_whole(call: ast.Call) -> bool:
    """Return whether a fetch goes over all rows of a model, not over a narrowed queryset."""
    if isinstance(call.func, ast.Name):
        return True
    owner = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    return last_name(owner) in ("objects", "_default_manager")


def _guards(function: ast.AST) -> bool:
    names = {last_name(node) for node in ast.walk(function)}
    return bool(names & (_GUARDS | {"permission_required"}))
