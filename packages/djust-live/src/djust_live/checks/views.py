"""Checks of live view classes."""

from __future__ import annotations

import ast
import difflib
import inspect
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from djust_live.checks.messages import error, unsilenced, warning
from djust_live.checks.shown import shown_views
from djust_live.checks.syntax import calls, functions, last_name
from djust_live.errors import TemplateMissing
from djust_live.live_view import LiveView
from djust_live.rendering import template_of


def check_views(**kwargs: Any) -> list[CheckMessage]:
    """Find mistakes in the classes of live views that URLs lead to."""
    found: list[CheckMessage] = []
    for view in shown_views():
        found += _of_template(view)
        found += _of_mount(view)
        found += _of_bases(view)
        found += _of_no_mount(view)
    return unsilenced(found)


def _of_template(view: type[LiveView]) -> Iterator[CheckMessage]:
    try:
        template_of(view())
    except TemplateMissing:
        yield error(
            "V001",
            f"{view.__qualname__} has no template.",
            "Set template_name, or template to the source itself.",
            view,
        )
    except (TemplateDoesNotExist, TemplateSyntaxError) as mistake:
        is_missing = isinstance(mistake, TemplateDoesNotExist)
        what = "names a template that no engine finds" if is_missing else "has a broken template"
        yield error(
            "V002",
            f"{view.__qualname__} {what}: {mistake}.",
            "Correct template_name, or add the folder to TEMPLATES." if is_missing else "Mend it.",
            view,
        )


def _of_mount(view: type[LiveView]) -> Iterator[CheckMessage]:
    parameters = inspect.signature(view.mount).parameters.values()
    kinds = [parameter.kind for parameter in parameters]
    named = kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD)
    takes_request = named >= 2 or inspect.Parameter.VAR_POSITIONAL in kinds
    if not takes_request:
        yield error(
            "V003",
            f"{view.__qualname__}.mount does not take the request.",
            "Write it as mount(self, request, **kwargs).",
            view,
        )


def _of_no_mount(view: type[LiveView]) -> Iterator[CheckMessage]:
    """Miss ``mount`` where something was to be done in it: class attributes may do without."""
    if view.mount is not LiveView.mount:
        return
    trees = [tree for cls in view.__mro__ if cls not in LiveView.__mro__ for tree in _tree(cls)]
    meant = [
        one.name
        for tree in trees
        for one in functions(tree)
        if [argument.arg for argument in one.args.args[1:2]] == ["request"]
        and one.name != "unmount"
        and difflib.get_close_matches(one.name, ["mount"], cutoff=0.7)
    ]
    unset = sorted({name for tree in trees for name in _changed_in(tree)} - _set_in(view, trees))
    if meant:
        hint = f"Did you mean mount where it says {meant[0]}?"
    elif unset:
        hint = f"A handler changes {unset[0]}, which nothing sets: set it in mount(self, request)."
    else:
        return
    yield warning("V010", f"{view.__qualname__} has no mount.", hint, view)


def _tree(cls: type) -> Iterator[ast.Module]:
    try:
        yield ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, SyntaxError, TypeError):
        return  # made at run time: there is no source to look at


def _changed_in(tree: ast.Module) -> Iterator[str]:
    """Yield the attributes of ``self`` that ``+=`` and its like read before anything is set."""
    for node in ast.walk(tree):
        target = node.target if isinstance(node, ast.AugAssign) else None
        if isinstance(target, ast.Attribute) and last_name(target.value) == "self":
            yield target.attr


def _set_in(view: type[LiveView], trees: list[ast.Module]) -> set[str]:
    known = set(dir(view))
    for tree in trees:
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else []
            targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
            for target in targets:
                known |= {one.attr for one in ast.walk(target) if isinstance(one, ast.Attribute)}
        if any(name in ("setattr", "assign_async") for _, name in calls(tree)):
            known |= set(_changed_in(tree))  # it may be any
    return known


def _of_bases(view: type[LiveView]) -> Iterator[CheckMessage]:
    # Importing it needs Django's auth app; a view that has it as a base has imported it.
    mixins = sys.modules.get("django.contrib.auth.mixins")
    if mixins is None:
        return
    order = view.__mro__
    late = [
        base.__name__
        for base in order[order.index(LiveView) :]
        if base is not mixins.AccessMixin and issubclass(base, mixins.AccessMixin)
    ]
    if late:
        yield warning(
            "V004",
            f"{view.__qualname__} names {late[0]} after LiveView, so Django never asks it.",
            f"Put {late[0]} first: class {view.__name__}({late[0]}, …, LiveView).",
            view,
        )
