"""Rows and querysets as data: instances travel by primary key and are fetched again."""

from __future__ import annotations

import copy
import functools
from collections import defaultdict, deque
from importlib import import_module
from typing import Any

import msgspec
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_save
from django.utils.functional import LazyObject, empty

from djust_live.packing import CannotTravel, Packer
from djust_live.queries import build_query, describe_query, model_labelled
from djust_live.unpacking import Unpacker

# Where a row remembers the values that it has in the database, as far as is known.
_KNOWN = "_djust_known"
_IMMUTABLE = (type(None), bool, int, float, str, bytes)


class Row(msgspec.Struct, array_like=True, frozen=True):
    """One model instance.

    Attributes:
        model: Label, such as ``app.model``.
        database: Alias; empty for a row that was never saved.
        pk: Packed primary key.
        deferred: Fields that were not loaded.
        related: Foreign keys whose rows were loaded too.
        values: Packed values that are not those of the database, by attribute.
    """

    model: str
    database: str
    pk: bytes
    deferred: tuple[str, ...]
    related: tuple[str, ...]
    values: bytes


_encode = msgspec.msgpack.Encoder().encode


@functools.cache
def _anonymous_user() -> Any:
    """Return Django's class of anonymous users, or a class without instances.

    Its module declares models, so it can be imported only where its application is installed.
    """
    if not apps.is_installed("django.contrib.auth"):
        return _NoUser
    return import_module("django.contrib.auth.models").AnonymousUser


class _NoUser:
    """Stands for anonymous users in projects without them."""


class RowPacker:
    """Takes model instances, querysets and lazy objects; see :class:`djust_live.packing.Foreign`.

    Attributes:
        rows: One for each instance; values refer to them by index.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._places: dict[int, int] = {}

    def begin(self) -> None:
        """Forget what was packed."""
        self.rows = []
        self._places = {}

    def pack(self, value: Any, packer: Packer) -> Any:
        """Return data for ``value``, or :data:`NotImplemented`."""
        if isinstance(value, LazyObject):
            return self.pack(_unwrapped(value), packer)
        if isinstance(value, Model):
            return ["row", self._place_of(value, packer)]
        if isinstance(value, _anonymous_user()):
            return ["anonymous"]
        if isinstance(value, FieldFile):
            raise CannotTravel("a file of a model instance; keep the instance instead")
        if isinstance(value, QuerySet):
            return ["query", describe_query(value, packer)]
        return NotImplemented

    def _place_of(self, instance: Model, packer: Packer) -> int:
        key = id(instance)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.rows)
            self.rows.append(Row("", "", b"", (), (), b""))
            self.rows[place] = _describe(instance, packer)
        return place


def _unwrapped(value: Any) -> Any:
    """Return the object behind a lazy one, such as ``request.user``."""
    if value._wrapped is empty:
        value._setup()
    return value._wrapped


def _describe(instance: Model, packer: Packer) -> Row:
    state = instance._state
    meta = instance._meta
    loaded = vars(instance)
    columns = {field.attname for field in meta.concrete_fields}
    is_saved = not state.adding and instance.pk is not None
    values = {
        name: value
        for name, value in loaded.items()
        if name not in columns
        and not name.startswith("_")
        and not hasattr(type(instance), name)  # a cached property comes back by itself
    }
    current = {name: _stored(loaded[name]) for name in columns if name in loaded}
    if is_saved:
        values.update(_unsaved(state, current))
    else:
        values.update(current)
    related = sorted(
        name
        for name, row in state.fields_cache.items()
        if row is not None and _is_foreign_key(instance, name)
    )
    return Row(
        model=meta.label_lower,
        database=(state.db or "") if is_saved else "",
        pk=_encode(packer.pack(instance.pk)),
        deferred=tuple(sorted(instance.get_deferred_fields())) if is_saved else (),
        related=tuple(related) if is_saved else (),
        values=_encode({name: packer.pack(value) for name, value in values.items()}),
    )


def _is_foreign_key(instance: Model, name: str) -> bool:
    try:
        field = instance._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return bool(field.concrete and field.many_to_one)


def _stored(value: Any) -> Any:
    return value.name if isinstance(value, FieldFile) else value


def _unsaved(state: Any, current: dict[str, Any]) -> dict[str, Any]:
    """Return the values that changed since the row was first seen or last saved."""
    known: dict[str, Any] | None = getattr(state, _KNOWN, None)
    if known is None:
        setattr(state, _KNOWN, _kept(current))
        return {}
    return {
        name: value
        for name, value in current.items()
        if name in known and (known[name] is not value and known[name] != value)
    }


def _kept(current: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, _IMMUTABLE) else copy.deepcopy(value)
        for name, value in current.items()
    }


def _remember(instance: Model) -> None:
    """Note the values that were fetched, so that those that differ later are known as unsaved."""
    loaded = vars(instance)
    names = (field.attname for field in instance._meta.concrete_fields)
    current = {name: _stored(loaded[name]) for name in names if name in loaded}
    setattr(instance._state, _KNOWN, _kept(current))


def _on_saved(sender: Any, instance: Model, **kwargs: Any) -> None:
    """What is in the row is in the database from now on."""
    vars(instance._state).pop(_KNOWN, None)


post_save.connect(_on_saved, dispatch_uid="djust_live.rows")


# Back again


class _Gone:
    """Stands for a row that was deleted meanwhile, until :func:`without_gone` takes it away."""


GONE = _Gone()


class RowUnpacker:
    """Fetches rows again: one query for each model and kind of loading.

    Args:
        rows: What :attr:`RowPacker.rows` was.

    Attributes:
        is_incomplete: A row was not there any more.
    """

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows
        self._fetched: dict[int, Model] | None = None
        self._finished: set[int] = set()
        self.is_incomplete = False

    def unpack(self, data: Any, unpacker: Unpacker) -> Any:
        """Return the row, queryset or anonymous user that ``data`` stands for."""
        kind, *rest = data
        if kind == "anonymous":
            return _anonymous_user()()
        if kind == "query":
            return build_query(rest[0])
        return self._row(rest[0], unpacker)

    def _row(self, place: int, unpacker: Unpacker) -> Any:
        if self._fetched is None:
            self._fetched = self._fetch(unpacker)
        row = self._fetched.get(place)
        if row is None:
            self.is_incomplete = True
            return GONE
        if place not in self._finished:
            self._finished.add(place)
            for name, value in unpacker.decode(self._rows[place].values).items():
                setattr(row, name, value)
        return row

    def _fetch(self, unpacker: Unpacker) -> dict[int, Model]:
        found: dict[int, Model] = {}
        groups: dict[tuple[Any, ...], list[tuple[int, Any]]] = defaultdict(list)
        for place, row in enumerate(self._rows):
            if row.database:
                key = (row.model, row.database, row.deferred, row.related)
                groups[key].append((place, unpacker.decode(row.pk)))
            else:
                found[place] = model_labelled(row.model)()
        for key, members in groups.items():
            by_pk = _query(*key).in_bulk([pk for _, pk in members])
            taken = set()
            for place, pk in members:
                fetched = by_pk.get(pk)
                if fetched is not None:
                    # Two objects of one row were two objects.
                    found[place] = copy.copy(fetched) if pk in taken else fetched
                    taken.add(pk)
                    _remember(found[place])
        return found


def _query(
    label: str, database: str, deferred: tuple[str, ...], related: tuple[str, ...]
) -> QuerySet[Any]:
    rows: QuerySet[Any] = model_labelled(label)._base_manager.using(database)
    if related:
        rows = rows.select_related(*related)
    return rows.defer(*deferred) if deferred else rows


def without_gone(value: Any) -> Any:
    """Return ``value`` without rows that are gone: lists lose them, elsewhere there is None."""
    if value is GONE:
        return None
    if isinstance(value, dict):
        for key, item in value.items():
            value[key] = without_gone(item)
    elif isinstance(value, (list, deque)):
        kept = [without_gone(item) for item in value if item is not GONE]
        value.clear()
        value.extend(kept)
    elif isinstance(value, set):
        value.discard(GONE)
    elif type(value) in (tuple, frozenset):
        return type(value)(without_gone(item) for item in value if item is not GONE)
    return value
