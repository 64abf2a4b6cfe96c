"""Querysets fetch at once what the template prints of their rows."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet

from djust_live.config import config
from djust_live.live_templates import providers

logger = logging.getLogger(__name__)

Path = tuple[str, ...]

# In paths: any item of what a loop goes over.
ITEM = "*"


@contextmanager
def fetched(template: Any, context: dict[str, Any]) -> Iterator[None]:
    """Let querysets that a render evaluates fetch the relations that it prints.

    They are changed as they are, so that each is evaluated once as before, and put back
    afterwards. Left alone are those that are evaluated already, that return something else than
    whole rows, that lock rows, and that join all relations anyway. Results are the same in any
    case.

    Args:
        template: The template of a backend.
        context: What it sees.
    """
    before = []
    for name, paths in _paths(template).items():
        # Properties of a view are looked up by the template only, so no look-up here.
        found: Any = dict.get(context, name)
        if not isinstance(found, QuerySet) or not _may_fetch(found):
            continue
        below = [path[1:] for path in paths if path[0] == ITEM]
        if below:
            queryset: Any = found
            before.append((queryset, queryset.query, queryset._prefetch_related_lookups))
            _fetch(name, queryset, below)
    try:
        yield
    finally:
        for queryset, query, lookups in before:
            queryset.query, queryset._prefetch_related_lookups = query, lookups


def _paths(template: Any) -> Mapping[str, frozenset[Path]]:
    for provider in providers() if config.FETCH_PRINTED else ():
        paths = provider.printed_paths(template)
        if paths:
            return paths
    return {}


def _may_fetch(queryset: Any) -> bool:
    query = queryset.query
    return (
        queryset._result_cache is None
        and queryset._fields is None
        and not query.combinator
        and not query.distinct_fields
        and not query.select_for_update
        and query.group_by is None
        and query.select_related is not True
        and query.deferred_loading == (frozenset(), True)
    )


def _fetch(name: str, queryset: Any, paths: list[Path]) -> None:
    joined: set[str] = set()
    prefetched: set[str] = set()
    for path in paths:
        _follow(queryset.model, path, joined, prefetched)
    lookups = queryset._prefetch_related_lookups
    prefetched -= {str(getattr(lookup, "prefetch_to", lookup)) for lookup in lookups}
    selected = _selected(queryset.query.select_related)
    joined -= selected
    if joined:
        queryset.query = queryset.query.chain()
        # It forgets what was selected before.
        queryset.query.add_select_related(sorted(selected | joined))
    queryset._prefetch_related_lookups = (*lookups, *sorted(prefetched))
    if joined or prefetched:
        logger.info(
            "The queryset %s of %s fetches what the template prints: select_related(%s), "
            "prefetch_related(%s)",
            name,
            queryset.model.__name__,
            ", ".join(sorted(joined)),
            ", ".join(sorted(prefetched)),
        )


def _selected(select_related: Any, prefix: str = "") -> set[str]:
    """Return the relations that a query joins already."""
    found: set[str] = set()
    if isinstance(select_related, dict):
        for name, inner in select_related.items():
            found |= {prefix + name} | _selected(inner, f"{prefix}{name}__")
    return found


def _follow(model: type[Model], path: Path, joined: set[str], prefetched: set[str]) -> None:
    """Collect the relations along a path that starts at a row of ``model``."""
    lookup: list[str] = []
    is_row = True
    names = list(path)
    while names:
        name = names.pop(0)
        field = _relation(model, name)
        if field is None or field.related_model is None:
            return
        if field.one_to_many or field.many_to_many:
            # Only ``all`` can be fetched beforehand.
            if names[:1] != ["all"]:
                return
            del names[: 2 if names[1:2] == [ITEM] else 1]
        is_forward = field.concrete and (field.many_to_one or field.one_to_one)
        is_row = is_row and is_forward
        lookup.append(name)
        (joined if is_row else prefetched).add("__".join(lookup))
        model = field.related_model


def _relation(model: type[Model], name: str) -> Any:
    """Return the relation that a template writes as ``name``, if it is one."""
    for relation in model._meta.related_objects:
        if relation.get_accessor_name() == name:
            return relation
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    is_own = not field.auto_created or field.concrete
    return field if field.is_relation and is_own and field.name == name else None
