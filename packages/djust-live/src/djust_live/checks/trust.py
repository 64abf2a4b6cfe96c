"""Code that trusts the visitor: objects by any key, writes by anybody, SQL out of values."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage

from djust_live.checks.messages import warning
from djust_live.checks.python_sources import PythonSource
from djust_live.checks.syntax import (
    Function,
    FunctionNode,
    assigned,
    calls,
    is_handler,
    last_name,
    names_in,
    parameters,
)
from djust_live.checks.values import Values

_FETCHES = frozenset(
    "get aget get_object_or_404 aget_object_or_404 filter exclude in_bulk ain_bulk".split()
)
_SHORTCUTS = frozenset({"get_object_or_404", "aget_object_or_404"})
_KEYS = frozenset({"pk", "id", "pk__in", "id__in", "uuid", "slug", "id_list"})
_MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
# A queryset has the same rows after these.
_WIDE = frozenset(
    "all select_related prefetch_related only defer order_by using select_for_update distinct "
    "annotate reverse".split()
)
_WRITES = frozenset(
    "save asave create acreate bulk_create abulk_create bulk_update abulk_update get_or_create "
    "aget_or_create update_or_create aupdate_or_create delete adelete".split()
)
# Dictionaries and sets have these too: only of querysets they write.
_QUERYSET_WRITES = frozenset({"update", "aupdate"})
_SQL = frozenset({"execute", "executemany", "raw", "extra", "RawSQL"})
_SQL_KEYWORDS = frozenset({"sql", "raw_query", "where", "select", "tables", "order_by"})
_SQL_WRITES = ("insert", "update", "delete", "drop", "alter", "truncate", "replace")
_GUARDS = frozenset(
    "has_perm has_perms has_object_permission check_permissions PermissionDenied "
    "permission_required user_passes_test".split()
)
# Methods of a view that run with what its URL captures.
_ENTRIES = frozenset({"mount", "handle_params", "get_object"})
_RULES = frozenset({"has_object_permission", "check_permissions", "permission_required"})

Found = Iterator[tuple[ast.AST, CheckMessage]]


def suspicions(source: PythonSource, guarded: set[str], open_: set[str]) -> Found:
    """Yield what one file is warned about.

    Args:
        source: The file.
        guarded: Classes whose handlers nobody reaches without meeting a rule.
        open_: Classes of the other live views.
    """
    for call, name in calls(source.tree):
        if name not in _SQL:
            continue
        given = [*call.args[:1], *(one.value for one in call.keywords if one.arg in _SQL_KEYWORDS)]
        if any(map(source.values.interpolates, given)):
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
        if isinstance(cls, ast.ClassDef):
            is_guarded = cls.name in guarded
            yield from _in_class(source, cls, is_guarded, is_view=is_guarded or cls.name in open_)


def _in_class(source: PythonSource, cls: ast.ClassDef, is_guarded: bool, *, is_view: bool) -> Found:
    methods = {one.name: one for one in cls.body if isinstance(one, Function)}
    handlers = [one for one in methods.values() if is_handler(one)]
    if is_view and "form_valid" in methods:
        handlers.append(methods["form_valid"])  # the handler submit_form calls it
    for function in handlers:
        if _guards(function):
            continue
        where = f"{cls.name}.{function.name}"
        yield from _fetches(source, function, where, _theirs(function))
        if is_guarded:
            continue
        for called in _reached(function, methods):
            yield from _writes(source, called, where)
    if not is_view or _RULES & {*methods, *_names_set(cls)}:
        return
    owned = owned_models()
    for name in sorted(_ENTRIES & {*methods}):
        if not _guards(methods[name]):
            theirs = _theirs(methods[name]) - {"request"}
            for node, message in _fetches(source, methods[name], f"{cls.name}.{name}", theirs):
                if _owned(node, source.values, owned):
                    yield node, message


def _fetches(source: PythonSource, function: FunctionNode, where: str, theirs: set[str]) -> Found:
    for call, name in calls(function):
        if name not in _FETCHES or not _is_whole(call, source.values):
            continue
        used = _keys_from(call, name) & (theirs | {"self.kwargs"})
        if used:
            named = ", ".join(sorted(used))
            yield (
                call,
                warning(
                    "A001",
                    f"{where} fetches by {named}, which any visitor may set to any value.",
                    "Ask for the owner too: get(pk=pk, owner=self.request.user).",
                    source.place(call),
                ),
            )


def _writes(source: PythonSource, function: FunctionNode, where: str) -> Found:
    if _guards(function):
        return
    for call, name in calls(function):
        if isinstance(call.func, ast.Attribute) and _is_write(call, name, source.values):
            yield (
                call,
                warning(
                    "A002",
                    f"{where} writes with {name}(), and anybody may call it.",
                    "Set login_required or permission_required, or silence this for a public page.",
                    source.place(call),
                ),
            )


def _is_write(call: ast.Call, name: str, values: Values) -> bool:
    if name in _QUERYSET_WRITES:
        return isinstance(call.func, ast.Attribute) and _manager_of(call.func.value, values, True)
    if name in ("execute", "executemany") and call.args:
        first = call.args[0]
        text = first.value if isinstance(first, ast.Constant) else None
        return isinstance(text, str) and text.lstrip().lower().startswith(_SQL_WRITES)
    return name in _WRITES


def _reached(function: FunctionNode, methods: dict[str, FunctionNode]) -> list[FunctionNode]:
    """Return a handler, and the methods of its class that it calls, directly or through others."""
    found = [function]
    for one in found:
        for call, name in calls(one):
            is_own = isinstance(call.func, ast.Attribute) and _is_self(call.func.value)
            inner = methods.get(name) if is_own else None
            if inner is not None and inner not in found and not is_handler(inner):
                found.append(inner)
    return found


def _theirs(function: FunctionNode) -> set[str]:
    """Return the local names that hold what a visitor says."""
    theirs = parameters(function) | ({function.args.kwarg.arg} if function.args.kwarg else set())
    for node in ast.walk(function):
        for name, value in assigned(node):
            if names_in(value) & theirs and _is_copy(value):
                theirs.add(name)
    return theirs


def _is_copy(node: ast.expr) -> bool:
    """Return whether an expression hands a value on, converted perhaps, and looks nothing up."""
    if isinstance(node, ast.Call):
        return last_name(node.func) in ("int", "str", "UUID", "get", "strip", "pop")
    return isinstance(node, (ast.Name, ast.Subscript))


def _keys_from(call: ast.Call, name: str) -> set[str]:
    """Return the names that decide which row a fetch finds; empty when others decide with them."""
    keywords = [one for one in call.keywords if one.arg]
    keys = {str(one.arg) for one in keywords}
    values: list[ast.expr] = []
    if name in ("in_bulk", "ain_bulk"):
        values = [*call.args[:1], *(one.value for one in keywords)]
    elif keys and keys <= _KEYS:
        values = [one.value for one in keywords]
    for one in call.args:
        if isinstance(one, ast.Call) and last_name(one.func) == "Q" and not keys - _KEYS:
            values += [inner.value for inner in one.keywords if inner.arg in _KEYS]
    found = {used for value in values for used in names_in(value)}
    if any("self.kwargs" in ast.unparse(value) for value in values):
        found.add("self.kwargs")
    return found


def _is_whole(call: ast.Call, values: Values) -> bool:
    """Return whether a fetch goes over all rows of a model, not over a narrowed queryset."""
    if last_name(call.func) in _SHORTCUTS:
        first = call.args[0] if call.args else None
        if isinstance(first, ast.Name) and first.id[:1].isupper():
            return True
        return first is not None and _manager_of(first, values)
    return isinstance(call.func, ast.Attribute) and _manager_of(call.func.value, values)


def _manager_of(node: ast.expr, values: Values, may_be_narrow: bool = False) -> bool:
    """Return whether an expression is a manager, or a queryset of all its rows."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if not may_be_narrow and node.func.attr not in _WIDE:
            return False
        node = node.func.value
    if isinstance(node, ast.Name):
        found = values.of(node)
        return bool(found) and all(_manager_of(one, values, may_be_narrow) for one in found)
    return last_name(node) in _MANAGERS


def owned_models() -> frozenset[str]:
    """Return the names of models that have an owner: a relation to one user."""
    if not apps.is_installed("django.contrib.auth"):
        return frozenset()
    user = get_user_model()
    return frozenset(
        model.__name__
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if (field.many_to_one or field.one_to_one)
        and field.concrete
        and field.related_model is user
    )


def _owned(node: ast.AST, values: Values, owned: frozenset[str]) -> bool:
    """Return whether a fetch names one of these models."""
    named = names_in(node)
    for name in ast.walk(node):
        if isinstance(name, ast.Name):
            named |= {inner for value in values.of(name) for inner in names_in(value)}
    return bool(named & owned)


def _guards(function: ast.AST) -> bool:
    """Return whether a function asks for a permission, or compares something with the user."""
    if _GUARDS & {last_name(node) for node in ast.walk(function)}:
        return True
    return any(
        isinstance(node, ast.Compare)
        and any(
            last_name(one) == "user" for one in ast.walk(node) if isinstance(one, ast.Attribute)
        )
        for node in ast.walk(function)
    )


def _names_set(cls: ast.ClassDef) -> set[str]:
    return {name for node in cls.body for name, _ in assigned(node)}


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"
