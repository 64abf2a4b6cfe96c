"""What the names of a Python file stand for, as far as its source says."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from djust_live.checks.syntax import Function, last_name

# Nothing that a visitor wrote comes out of these as it went in.
_HARMLESS = frozenset(
    "escape conditional_escape escapejs urlencode urlquote quote quote_plus quote_name int float "
    "len bool round id hash format_html format_html_join reverse static gettext gettext_lazy "
    "ngettext pgettext _ render_to_string json_script".split()
)
_NUMBERS = tuple("bcdeEfFgGnoxX%")
# What these return is as safe as what they are called on, or with.
_KEEPING = frozenset("strip lstrip rstrip lower upper title capitalize casefold encode".split())
_WRAPPING = frozenset({"str", "dedent", "cleandoc", "SQL"})
_MAX_STEPS = 6


class Values:
    """The assignments of a file, to look up what a name holds.

    Args:
        tree: Of the file.
        is_strict: No value is harmless, and names are not looked up.
    """

    def __init__(self, tree: ast.Module, *, is_strict: bool = False) -> None:
        self._is_strict = is_strict
        self._owner: dict[ast.AST, ast.AST] = {}
        self._values: dict[tuple[ast.AST, str], list[ast.expr | None]] = {}
        self._own(tree, tree)
        for node in ast.walk(tree):
            for name, value in _assigned(node):
                self._values.setdefault((self._owner[node], name), []).append(value)

    def of(self, name: ast.Name) -> list[ast.expr]:
        """Return what a name may hold; empty when that is not known."""
        scope: ast.AST | None = None if self._is_strict else self._owner.get(name)
        while scope is not None:
            if isinstance(scope, Function) and name.id in _arguments(scope):
                return []
            values = self._values.get((scope, name.id))
            if values is not None:
                known = [value for value in values if value is not None]
                return known if len(known) == len(values) else []
            scope = self._owner.get(scope) if not isinstance(scope, ast.Module) else None
        return []

    def interpolates(self, node: ast.expr, steps: int = 0) -> bool:
        """Return whether an expression puts values into text that nobody has made harmless."""
        if steps > _MAX_STEPS:
            return False
        if isinstance(node, ast.JoinedStr):
            parts = [part for part in node.values if isinstance(part, ast.FormattedValue)]
            return any(not self._is_harmless(part, steps) for part in parts)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return self._is_text(node.left, steps) and not self._is_harmless(node.right, steps)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._adds(node, steps)
        if isinstance(node, ast.Call):
            return self._calls(node, steps)
        if isinstance(node, ast.Name):
            values = self.of(node)
            if values and isinstance(values[-1], ast.Call):
                values = values[-1:]  # somebody has done something about it
            return any(self.interpolates(value, steps + 1) for value in values)
        if isinstance(node, ast.IfExp):
            return any(self.interpolates(one, steps + 1) for one in (node.body, node.orelse))
        if isinstance(node, ast.BoolOp):
            return any(self.interpolates(one, steps + 1) for one in node.values)
        if isinstance(node, (ast.List, ast.Tuple)):
            return any(self.interpolates(one, steps + 1) for one in node.elts)
        if isinstance(node, ast.Dict):
            return any(self.interpolates(one, steps + 1) for one in node.values)
        return False

    def _adds(self, node: ast.BinOp, steps: int) -> bool:
        sides = (node.left, node.right)
        if any(self.interpolates(side, steps + 1) for side in sides):
            return True
        has_text = any(self._is_text(side, steps) for side in sides)
        return has_text and not all(self._is_harmless(side, steps) for side in sides)

    def _calls(self, node: ast.Call, steps: int) -> bool:
        if last_name(node.func) in _WRAPPING:
            return any(self.interpolates(one, steps + 1) for one in node.args)
        if not isinstance(node.func, ast.Attribute):
            return False
        base = node.func.value
        if node.func.attr in _KEEPING:
            return self.interpolates(base, steps + 1)
        if node.func.attr == "format" and self._is_text(base, steps):
            given = [*node.args, *(one.value for one in node.keywords)]
            return any(not self._is_harmless(one, steps) for one in given)
        if node.func.attr == "join" and self._is_text(base, steps) and len(node.args) == 1:
            return self._joins(node.args[0], steps)
        return False

    def _joins(self, node: ast.expr, steps: int) -> bool:
        if isinstance(node, (ast.GeneratorExp, ast.ListComp)):
            return self.interpolates(node.elt, steps + 1)
        if isinstance(node, (ast.List, ast.Tuple)):
            return any(not self._is_harmless(one, steps) for one in node.elts)
        return False

    def _is_text(self, node: ast.expr, steps: int) -> bool:
        if isinstance(node, ast.Constant):
            return isinstance(node.value, str)
        if isinstance(node, ast.JoinedStr):
            return True
        if isinstance(node, ast.BinOp):
            return self._is_text(node.left, steps) or self._is_text(node.right, steps)
        if isinstance(node, ast.Name) and steps <= _MAX_STEPS:
            values = self.of(node)
            return bool(values) and all(self._is_text(value, steps + 1) for value in values)
        return False

    def _is_harmless(self, node: ast.expr, steps: int) -> bool:
        """Return whether nothing in an expression is text that somebody else may have written."""
        if isinstance(node, ast.Constant):
            return True
        if steps > _MAX_STEPS or (self._is_strict and not isinstance(node, ast.BinOp)):
            return False
        steps += 1
        if isinstance(node, ast.FormattedValue):
            spec = ast.unparse(node.format_spec)[2:-1] if node.format_spec else ""
            return spec.endswith(_NUMBERS) or self._is_harmless(node.value, steps)
        if isinstance(node, ast.JoinedStr):
            return not self.interpolates(node, steps)
        if isinstance(node, ast.Name):
            values = self.of(node)
            is_constant = node.id.isupper() and not values
            return is_constant or (
                bool(values) and all(self._is_harmless(value, steps) for value in values)
            )
        if isinstance(node, ast.Attribute):
            return node.attr.isupper() or "_meta" in ast.unparse(node).split(".")
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
            return all(self._is_harmless(one, steps) for one in node.value.values)
        if isinstance(node, ast.Call):
            return self._is_harmless_call(node, steps)
        if isinstance(node, ast.IfExp):
            return all(self._is_harmless(one, steps) for one in (node.body, node.orelse))
        if isinstance(node, ast.BinOp):
            sides = (node.left, node.right)
            repeats = isinstance(node.op, ast.Mult)  # ["%s"] * count
            return (any if repeats else all)(self._is_harmless(side, steps) for side in sides)
        if isinstance(node, (ast.Tuple, ast.List)):
            return all(self._is_harmless(one, steps) for one in node.elts)
        return False

    def _is_harmless_call(self, node: ast.Call, steps: int) -> bool:
        if last_name(node.func) in _HARMLESS:
            return True
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in ("join", *_KEEPING):
            return False
        inner = node.args[0] if node.func.attr == "join" and node.args else node.func.value
        if isinstance(inner, (ast.GeneratorExp, ast.ListComp)):
            inner = inner.elt
        return self._is_harmless(inner, steps)

    def _own(self, node: ast.AST, owner: ast.AST) -> None:
        waiting: list[tuple[ast.AST, ast.AST]] = [(node, owner)]
        while waiting:
            one, around = waiting.pop()
            self._owner[one] = around
            inside = one if isinstance(one, Function) else around
            waiting += [(child, inside) for child in ast.iter_child_nodes(one)]


def unaliased(tree: ast.Module) -> ast.Module:
    """Give what a file imports under another name its own name again, in place."""
    own = {
        alias.asname: alias.name.rpartition(".")[2]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
        if alias.asname
    }
    for node in ast.walk(tree) if own else ():
        if isinstance(node, ast.Name):
            node.id = own.get(node.id, node.id)
    return tree


def plain(node: ast.expr) -> ast.expr:
    """Return an expression without calls that leave text as unsafe as it was."""
    while True:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr not in _KEEPING:
                return node
            node = node.func.value
        elif isinstance(node, ast.Call) and last_name(node.func) == "str" and node.args:
            node = node.args[0]
        else:
            return node


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, node.value
            else:
                yield from ((one.id, None) for one in _stored(target))
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
        if isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value
    elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, ast.BinOp(ast.Constant(""), node.op, node.value)
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        yield from ((one.id, None) for one in _stored(node.target))
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield from ((one.id, None) for one in _stored(node.optional_vars))


def _stored(target: ast.expr) -> Iterator[ast.Name]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    given = function.args
    several = [one for one in (given.vararg, given.kwarg) if one is not None]
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs, *several]
    return {one.arg for one in named}
