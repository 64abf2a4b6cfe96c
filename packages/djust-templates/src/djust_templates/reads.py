"""Which attributes of its context a template prints, so that a queryset can fetch them at once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from djust_templates.backend import BackendTemplate
from djust_templates.explain import Line, explain

# Stands for any item of what a loop goes over.
ITEM = "*"

Path = tuple[str, ...]

_FOR = re.compile(r"\{%\s*for\s+(?P<name>\w+)\s+in\s+(?P<path>[\w.]+)\s+(?:reversed\s+)?%\}")
_WITH = re.compile(r"\b(?P<name>\w+)=(?P<path>[\w.]+)")
_WITH_AS = re.compile(r"\{%\s*with\s+(?P<path>[\w.]+)\s+as\s+(?P<name>\w+)\s*%\}")


def printed_paths(template: BackendTemplate) -> Mapping[str, frozenset[Path]]:
    """Return what a template looks up below each name of its context.

    Loops and ``with`` are followed; what a loop prints of its variable is a path with ``"*"`` in
    it. A loop that prints text only, without an element, is not followed.

    Args:
        template: A template of a ``djust_templates.DjustTemplates`` backend.

    Example:
        >>> printed_paths(engine.from_string("{% for a in b %}<b>{{ a.c.d }}</b>{% endfor %}"))
        {'b': frozenset({('*', 'c', 'd')})}
    """
    found: dict[str, set[Path]] = {}
    # For each depth the names that blocks around it have bound.
    scopes: list[tuple[int, dict[str, Path]]] = []
    for line in explain(template).lines:
        while scopes and scopes[-1][0] >= line.depth:
            scopes.pop()
        for read in line.reads:
            name, *rest = _resolved(read, scopes)
            if rest:
                found.setdefault(name, set()).add(tuple(rest))
        if line.kind == "block":
            scopes.append((line.depth, _bound(line, scopes)))
    return {name: frozenset(paths) for name, paths in found.items()}


def _resolved(read: str, scopes: list[tuple[int, dict[str, Path]]]) -> Path:
    name, *rest = read.split(".")
    for _, bound in reversed(scopes):
        if name in bound:
            return (*bound[name], *rest)
    return (name, *rest)


def _bound(line: Line, scopes: list[tuple[int, dict[str, Path]]]) -> dict[str, Path]:
    each = _FOR.match(line.source)
    if each is not None:
        return {each["name"]: (*_resolved(each["path"], scopes), ITEM)}
    if line.source.lstrip("{% ").startswith("with "):
        pairs = [_WITH_AS.match(line.source), *_WITH.finditer(line.source)]
        return {pair["name"]: _resolved(pair["path"], scopes) for pair in pairs if pair}
    return {}
