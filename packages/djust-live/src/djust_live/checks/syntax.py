"""Questions about syntax trees that several checks ask."""

from __future__ import annotations

import ast
from collections.abc import Iterator

Function = (ast.FunctionDef, ast.AsyncFunctionDef)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

# Of any object: nothing else has such names.
_VISITORS = frozenset({"GET", "POST", "COOKIES", "META"})
_OF_REQUEST = frozenset({"headers", "query_params"})


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Yield each call with the last part of the name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, last_name(node.func)


def last_name(node: ast.AST) -> str:
    """Return the last part of a dotted name; empty for other expressions."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def from_visitor(node: ast.AST) -> bool:
    """Return whether an expression reads what the visitor sent with the request."""
    return any(
        isinstance(inner, ast.Attribute)
        and (
            inner.attr in _VISITORS
            or (inner.attr in _OF_REQUEST and last_name(inner.value) == "request")
        )
        for inner in ast.walk(node)
    )


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions of a module and of its classes."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def visitors_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the local names that hold what the visitor sent."""
    names = set()
    for node in ast.walk(function):
        for name, value in assigned(node):
            if from_visitor(value):
                names.add(name)
    return names


def assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the plain names that a statement or a ``:=`` gives a value, with the value."""
    if isinstance(node, ast.Assign):
        yield from ((one.id, node.value) for one in node.targets if isinstance(one, ast.Name))
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
        if isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def checks_urls(function: ast.AST) -> bool:
    """Return whether a function asks Django if a URL is its own."""
    return any(name == "url_has_allowed_host_and_scheme" for _, name in calls(function))


def is_handler(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a function is marked with ``@event_handler``."""
    marks = (one.func if isinstance(one, ast.Call) else one for one in function.decorator_list)
    return any(last_name(mark) == "event_handler" for mark in marks)


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the names of the parameters behind the first."""
    given = function.args
    named = [*given.posonlyargs, *given.args][1:] + given.kwonlyargs
    return {one.arg for one in named}


def uncleaned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the local names that hold text of the visitor as it came, to the end."""
    names = visitors_names(function) | (_texts(function) if is_handler(function) else set())
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and not from_visitor(node.value):
            names -= {name for target in node.targets for name in names_in(target)}
    return names


def _texts(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the parameters that are not converted to something which is no text."""
    given = function.args
    named = [*given.posonlyargs, *given.args][1:] + given.kwonlyargs
    return {
        one.arg
        for one in named
        if one.annotation is None or names_in(one.annotation) & {"str", "Any", "object"}
    }


def names_in(node: ast.AST) -> set[str]:
    """Return the plain names that an expression reads."""
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
