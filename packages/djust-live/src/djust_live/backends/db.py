"""Checkpoints in a table of the database."""

from __future__ import annotations

import datetime
import sqlite3
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import Error, IntegrityError, connections, router, transaction
from django.db.models import QuerySet
from django.utils import timezone

from djust_live.backends.base import Claim, Entry, StateBackend, first_epoch, next_epoch
from djust_live.errors import BackendUnavailable
from djust_live.models import SavedState

# Databases whose upsert can refuse to update. SQLite takes at most 32,766 parameters in one
# statement, four for each checkpoint, and a write carries at most some hundreds of them.
_WITH_CONDITIONAL_UPSERT = frozenset({"postgresql", "sqlite"})
_sqlite_lock = threading.Lock()
_MOST_TOGETHER = 200


class DatabaseBackend(StateBackend):
    """Uses the table of :class:`~djust_live.models.SavedState`; ``migrate`` makes it.

    Rows that have expired are left to ``manage.py djust_clean_state``.
    """

    def claim(self, page_id: bytes) -> Claim:
        """Become the owner of a page and return what is known of it."""
        try:
            return self._claim(page_id)
        except Error as error:
            raise _unavailable(error) from error

    def owner(self, page_id: bytes) -> int | None:
        """Return the epoch of a page's owner."""
        try:
            return _row(page_id).values_list("epoch", flat=True).first()
        except Error as error:
            raise _unavailable(error) from error

    def write(self, entries: Sequence[Entry]) -> list[bool]:
        """Write checkpoints in one transaction."""
        connection = connections[router.db_for_write(SavedState)]
        try:
            with _turnstile(connection), transaction.atomic(using=connection.alias):
                if connection.vendor in _WITH_CONDITIONAL_UPSERT:
                    return self._write_together(connection, entries)
                return [self._write(entry) for entry in entries]
        except Error as error:
            raise _unavailable(error) from error

    def delete(self, page_id: bytes, epoch: int) -> None:
        """Forget a page."""
        try:
            _rows().filter(page_id=page_id.hex(), epoch__lte=epoch).delete()
        except Error as error:
            raise _unavailable(error) from error

    def clean(self) -> int:
        """Remove rows that have expired."""
        count: int = _rows().filter(expires__lte=timezone.now()).delete()[0]
        return count

    def _claim(self, page_id: bytes) -> Claim:
        connection = connections[router.db_for_write(SavedState)]
        if _claims_together(connection):
            return _claims.claim(page_id)
        while True:
            previous = _row(page_id).values_list("epoch", flat=True).first()
            if previous is None:
                return Claim(first_epoch(), None, None)
            epoch = next_epoch(previous)
            if connection.vendor == "postgresql":
                data = _take(connection, page_id, previous, epoch)
                if data is None:
                    continue  # somebody else was faster
                return Claim(epoch, previous, data)
            if not _row(page_id).filter(epoch=previous).update(epoch=epoch):
                continue  # somebody else was faster
            # Read only now: the owner before may have written until this moment.
            data = _row(page_id).values_list("data", flat=True).first()
            return Claim(epoch, previous, None if data is None else bytes(data))

    def _write_together(self, connection: Any, entries: Sequence[Entry]) -> list[bool]:
        """Write all in two statements, so that the table is locked for as short as can be."""
        now = timezone.now()
        adapt = connection.ops.adapt_datetimefield_value
        values: list[Any] = []
        for entry in entries:
            expires = now + datetime.timedelta(seconds=entry.ttl_s)
            values += [entry.page_id.hex(), entry.epoch, entry.data, adapt(expires)]
        rows = ", ".join(["(%s, %s, %s, %s)"] * len(entries))
        table = connection.ops.quote_name(SavedState._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (page_id, epoch, data, expires) VALUES {rows} "  # noqa: S608 - only our own table's name
                "ON CONFLICT (page_id) DO UPDATE SET epoch = excluded.epoch, "
                "data = excluded.data, expires = excluded.expires "
                f"WHERE {table}.epoch <= excluded.epoch",
                values,
            )
        page_ids = [entry.page_id.hex() for entry in entries]
        epochs = dict(_rows().filter(pk__in=page_ids).values_list("page_id", "epoch"))
        return [epochs.get(entry.page_id.hex(), 0) <= entry.epoch for entry in entries]

    def _write(self, entry: Entry) -> bool:
        # The condition is part of the statement, so no other owner comes in between.
        expires = timezone.now() + datetime.timedelta(seconds=entry.ttl_s)
        values = {"epoch": entry.epoch, "data": entry.data, "expires": expires}
        mine = _rows().filter(page_id=entry.page_id.hex(), epoch__lte=entry.epoch)
        if mine.update(**values):
            return True
        try:
            with transaction.atomic(using=router.db_for_write(SavedState)):
                _rows().create(page_id=entry.page_id.hex(), **values)
        except IntegrityError:
            return bool(mine.update(**values))
        return True


def _claims_together(connection: Any) -> bool:
    return connection.vendor == "sqlite" and sqlite3.sqlite_version_info >= (3, 35)


def _take(connection: Any, page_id: bytes, previous: int, epoch: int) -> bytes | None:
    """Become the owner after ``previous`` and read the checkpoint, in one statement."""
    table = connection.ops.quote_name(SavedState._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET epoch = %s WHERE page_id = %s AND epoch = %s RETURNING data",  # noqa: S608 - only our own table's name
            [epoch, page_id.hex(), previous],
        )
        row = cursor.fetchone()
    return None if row is None else bytes(row[0])


class _Wish:
    """A page that a thread wants to own, and what became of that."""

    __slots__ = ("outcome", "page_id")

    def __init__(self, page_id: bytes) -> None:
        self.page_id = page_id
        self.outcome: Claim | Exception | None = None


class _Claims:
    """Claims of the threads of this process, made together.

    SQLite writes one transaction at a time. Who comes first takes all that wait by then into its
    own; so 200 pages that come back at once need some dozen transactions and not 200.
    """

    def __init__(self) -> None:
        self._waiting: deque[_Wish] = deque()

    def claim(self, page_id: bytes) -> Claim:
        """Become the owner of a page, perhaps by the hand of another thread."""
        wish = _Wish(page_id)
        self._waiting.append(wish)
        while wish.outcome is None:
            with _sqlite_lock:
                if wish.outcome is None:
                    self._serve()
        if isinstance(wish.outcome, Exception):
            raise wish.outcome
        return wish.outcome

    def _serve(self) -> None:
        """Fulfil wishes; two for one page never in one go."""
        wishes: dict[bytes, _Wish] = {}
        while self._waiting and len(wishes) < _MOST_TOGETHER:
            if self._waiting[0].page_id in wishes:
                break
            wish = self._waiting.popleft()
            wishes[wish.page_id] = wish
        try:
            claims = _claim_together(list(wishes))
        except Exception as error:  # noqa: BLE001 - raised by each who waits for it
            for wish in wishes.values():
                wish.outcome = error
        else:
            for wish, claim in zip(wishes.values(), claims, strict=True):
                wish.outcome = claim


def _claim_together(page_ids: list[bytes]) -> list[Claim]:
    """Become the owner of pages in one transaction.

    It begins with a write: one that begins with a read cannot be sure to get the lock later.
    """
    connection = connections[router.db_for_write(SavedState)]
    table = connection.ops.quote_name(SavedState._meta.db_table)
    pages = [page_id.hex() for page_id in page_ids]
    places = ", ".join(["%s"] * len(pages))
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    now_ms = first_epoch()
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET epoch = epoch "  # noqa: S608 - only our own table's name
            f"WHERE page_id IN ({places}) AND expires > %s RETURNING page_id, epoch, data",
            [*pages, now],
        )
        found = {page: (epoch, bytes(data)) for page, epoch, data in cursor.fetchall()}
        cursor.execute(
            f"UPDATE {table} SET epoch = MAX(epoch + 1, %s) "  # noqa: S608 - as above
            f"WHERE page_id IN ({places}) AND expires > %s",
            [now_ms, *pages, now],
        )
    claims = []
    for page in pages:
        previous, data = found.get(page, (None, None))
        epoch = now_ms if previous is None else max(previous + 1, now_ms)
        claims.append(Claim(epoch, previous, data))
    return claims


_claims = _Claims()


def _turnstile(connection: Any) -> AbstractContextManager[Any]:
    """Let the threads of this process write to SQLite one after the other.

    There is one lock for the whole file. Who finds it taken sleeps, ever longer, and is passed by
    others that come later; a lock of our own wakes the next one at once.
    """
    return _sqlite_lock if connection.vendor == "sqlite" else nullcontext()


def _rows() -> QuerySet[SavedState]:
    rows: QuerySet[SavedState] = SavedState.objects.using(router.db_for_write(SavedState))
    return rows


def _row(page_id: bytes) -> QuerySet[SavedState]:
    rows: QuerySet[SavedState] = _rows().filter(page_id=page_id.hex(), expires__gt=timezone.now())
    return rows


def _unavailable(error: Exception) -> BackendUnavailable:
    return BackendUnavailable(f"Database: {type(error).__name__}: {error}")
