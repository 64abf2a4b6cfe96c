"""Querysets as data: filters, an order and a slice, checked by comparing SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import EmptyResultSet, FieldError, FullResultSet
from django.db.models import Q, QuerySet
from django.db.models.expressions import Col
from django.db.models.lookups import Lookup
from django.db.models.sql.where import WhereNode

from djust_live.errors import StateCorrupt
from djust_live.packing import CannotTravel

if TYPE_CHECKING:
    from djust_live.packing import Packer

_REFUSED = "a queryset of this kind has no form as data; keep filters, or make it in restore()"


def model_labelled(label: str) -> Any:
    """Return an installed model.

    Raises:
        StateCorrupt: It is not installed any more.
    """
    try:
        return apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise StateCorrupt(f"State names the model {label}, which is not installed.") from error


def describe_query(queryset: QuerySet[Any], packer: Packer) -> dict[str, Any]:
    """Return what leads to an equal queryset; its rows are not part of it.

    Raises:
        CannotTravel: The queryset does more than filter, order and slice. That shows when the SQL
            of the queryset that is made again is another one.
    """
    query = queryset.query
    inside: Any = queryset
    prefetched = inside._prefetch_related_lookups
    if inside._fields is not None or not all(
        isinstance(name, str) for name in (*query.order_by, *prefetched)
    ):
        raise CannotTravel(_REFUSED)
    spec = {
        "model": queryset.model._meta.label_lower,
        "database": inside._db,
        "where": _describe_where(query, query.where),
        "order": list(query.order_by),
        "reversed": not query.standard_ordering,
        "distinct": bool(query.distinct),
        "slice": [query.low_mark, query.high_mark],
        "related": _paths(query.select_related),
        "prefetched": list(prefetched),
        "fields": [sorted(query.deferred_loading[0]), query.deferred_loading[1]],
    }
    try:
        is_same = _sql(build_query(spec)) == _sql(queryset)
    except (FieldError, TypeError, ValueError):
        is_same = False
    if not is_same or type(build_query(spec)) is not type(queryset):
        raise CannotTravel(_REFUSED)
    return {name: packer.pack(value) for name, value in spec.items()}


def build_query(spec: dict[str, Any]) -> QuerySet[Any]:
    """Return the queryset that :func:`describe_query` described; nothing is fetched."""
    model = model_labelled(spec["model"])
    rows: Any = model._default_manager.using(spec["database"])
    rows = rows.none() if spec["where"] is None else rows.filter(_build_where(spec["where"]))
    if spec["order"]:
        rows = rows.order_by(*spec["order"])
    if spec["reversed"]:
        rows = rows.reverse()
    if spec["distinct"]:
        rows = rows.distinct()
    if spec["related"] is not None:
        rows = rows.select_related(*spec["related"])
    names, is_deferred = spec["fields"]
    if names:
        rows = rows.defer(*names) if is_deferred else rows.only(*names)
    if spec["prefetched"]:
        rows = rows.prefetch_related(*spec["prefetched"])
    low, high = spec["slice"]
    built: QuerySet[Any] = rows[low:high] if low or high is not None else rows
    return built


def _sql(queryset: QuerySet[Any]) -> Any:
    try:
        return queryset.query.sql_with_params()
    except (EmptyResultSet, FullResultSet) as nothing:
        return type(nothing)


def _describe_where(query: Any, node: WhereNode) -> Any:
    """Return ``[connector, negated, children]``; None when nothing can match."""
    if query.is_empty():
        return None
    children = []
    for child in node.children:
        if isinstance(child, WhereNode):
            children.append(_describe_where(query, child))
        elif isinstance(child, Lookup) and isinstance(child.lhs, Col):
            path = _path(query, child.lhs)
            children.append([f"{path}__{child.lookup_name}", _value(child.rhs)])
        else:
            raise CannotTravel(_REFUSED)
    return [node.connector, node.negated, children]


def _build_where(data: list[Any]) -> Q:
    connector, negated, children = data
    parts = [_build_where(child) if len(child) == 3 else (child[0], child[1]) for child in children]
    return Q(*parts, _connector=connector, _negated=negated)


def _path(query: Any, column: Col) -> str:
    """Return the name of a column as filters spell it, through foreign keys."""
    names = [column.target.name]
    table = query.alias_map[column.alias]
    while table.parent_alias is not None:
        names.append(table.join_field.name)
        table = query.alias_map[table.parent_alias]
    return "__".join(reversed(names))


def _value(value: Any) -> Any:
    if hasattr(value, "resolve_expression") or hasattr(value, "as_sql"):
        raise CannotTravel(_REFUSED)
    return list(value) if isinstance(value, (set, frozenset, tuple)) else value


def _paths(related: Any) -> list[str] | None:
    """Return the arguments of ``select_related``; None when it was not called."""
    if related is False:
        return None
    if related is True:
        return []
    return [
        path
        for name, deeper in related.items()
        for path in ([f"{name}__{more}" for more in _paths(deeper) or ()] or [name])
    ]
