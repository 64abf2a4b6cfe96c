"""One collection: the order of its keys, and what happens to its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

# Codes of what happens to rows; each but the last with a place among them.
INSERT, REPLACE, DELETE, CLEAR = range(4)

Key = str | Callable[[Any], Any]
# A code, a place, and the item whose row it needs.
Change = tuple[int, int, Any]


class Collection:
    """The keys of rows that the browser shows; the items are not kept.

    Attributes:
        keys: In the order of the rows.
        changes: What has not been rendered yet.
    """

    __slots__ = ("_key", "_known", "changes", "keys", "limit")

    def __init__(self, key: Key | None, limit: int | None, keys: Iterable[str] = ()) -> None:
        self._key = key
        self.limit = limit
        self.keys = list(keys)
        self._known = set(self.keys)
        self.changes: list[Change] = []

    def copy(self) -> Collection:
        """Return a collection that changes by itself."""
        other = Collection(self._key, self.limit, self.keys)
        other.changes = list(self.changes)
        return other

    @property
    def key(self) -> str | None:
        """The name of the attribute or item that is the key; None when it is a function."""
        return self._key if isinstance(self._key, str) else None

    @property
    def is_usable(self) -> bool:
        """Whether items can be told apart; a function does not survive a restart."""
        return self._key is not None

    def rekey(self, key: Key, limit: int | None) -> None:
        """Take another key and another limit."""
        self._key = key
        self.limit = limit

    def key_of(self, item: Any) -> str:
        """Return the key of an item."""
        if callable(self._key):
            return str(self._key(item))
        name = str(self._key)
        return str(item[name] if isinstance(item, Mapping) else getattr(item, name))

    def insert(self, items: Iterable[Any], at: int, limit: int | None, update_only: bool) -> None:
        """Add rows in their order; a row that is there already is replaced where it stands."""
        place = at if 0 <= at < len(self.keys) else len(self.keys)
        for item in items:
            key = self.key_of(item)
            if key in self._known:
                self.changes.append((REPLACE, self.keys.index(key), item))
            elif not update_only:
                self.keys.insert(place, key)
                self._known.add(key)
                self.changes.append((INSERT, place, item))
                place += 1
        self._shorten(limit if limit is not None else self.limit)

    def delete(self, key: str) -> None:
        """Take a row away; one that is not there is no error."""
        if key in self._known:
            self._remove(self.keys.index(key))

    def clear(self) -> None:
        """Take all rows away; what was to be rendered need not be."""
        self.keys.clear()
        self._known.clear()
        self.changes = [(CLEAR, 0, None)]

    def shown(self) -> list[Any]:
        """Return the items that an empty page shows after the changes, and forget those."""
        items: list[Any] = []
        for code, place, item in self.changes:
            if code == INSERT:
                items.insert(place, item)
            elif code == REPLACE:
                items[place] = item
            elif code == DELETE:
                del items[place]
            else:
                items.clear()
        self.changes = []
        return items

    def show_again(self, items: list[Any]) -> None:
        """Take back that :meth:`shown` gave these items."""
        again: list[Change] = [(INSERT, place, item) for place, item in enumerate(items)]
        self.changes[:0] = again

    def _shorten(self, limit: int | None) -> None:
        if limit is None:
            return
        while len(self.keys) > abs(limit):
            self._remove(len(self.keys) - 1 if limit >= 0 else 0)

    def _remove(self, place: int) -> None:
        self._known.discard(self.keys.pop(place))
        self.changes.append((DELETE, place, None))
