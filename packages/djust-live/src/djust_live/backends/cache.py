"""Checkpoints in one of Django's caches.

A cache has no compare-and-set, so each owner writes under a key of its own, and the number of the
owner is a counter that caches raise atomically: what an owner that was replaced still writes goes
where nobody looks any more, and it learns of its replacement by reading the counter afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.cache import InvalidCacheBackendError, caches

from djust_live.backends.base import Claim, Entry, StateBackend, first_epoch
from djust_live.config import config
from djust_live.errors import BackendUnavailable, DefinitionError

Result = TypeVar("Result")

# Owners that claimed and ended before they wrote; the state is with the one before.
_LOOK_BACK = 8
# The counter must outlive every checkpoint that it counts.
_COUNTER_EXTRA_S = 3_600


class CacheBackend(StateBackend):
    """Uses the cache that ``STATE_CACHE`` names.

    The cache must be one that all workers share, such as Redis or Memcached, and its ``incr`` must
    be atomic, as theirs is.

    Args:
        alias: Instead of ``STATE_CACHE``.
    """

    def __init__(self, alias: str | None = None) -> None:
        self._alias = alias or config.STATE_CACHE
        try:
            caches[self._alias]
        except InvalidCacheBackendError as error:
            raise DefinitionError(f"STATE_CACHE names {self._alias!r}: {error}") from error
        self._local = threading.local()

    def claim(self, page_id: bytes) -> Claim:
        """Become the owner of a page and return what is known of it."""
        return self._guarded(lambda cache: self._claim(cache, page_id))

    def owner(self, page_id: bytes) -> int | None:
        """Return the epoch of a page's owner."""
        epoch: int | None = self._guarded(lambda cache: cache.get(_counter(page_id)))
        return epoch

    def write(self, entries: Sequence[Entry]) -> list[bool]:
        """Write checkpoints."""
        return self._guarded(lambda cache: [self._write(cache, entry) for entry in entries])

    def delete(self, page_id: bytes, epoch: int) -> None:
        """Forget a page; its counter stays until it expires, so that nobody can come back."""
        self._guarded(lambda cache: cache.delete(_key(page_id, epoch)))

    def _claim(self, cache: Any, page_id: bytes) -> Claim:
        try:
            epoch = cache.incr(_counter(page_id))
        except ValueError:  # the counter does not exist
            epoch = first_epoch()
            ttl_s = config.STATE_TTL_S + _COUNTER_EXTRA_S
            if cache.add(_counter(page_id), epoch, ttl_s):
                return Claim(epoch, None, None)
            epoch = cache.incr(_counter(page_id))
        keys = [_key(page_id, earlier) for earlier in range(epoch - 1, epoch - 1 - _LOOK_BACK, -1)]
        found = cache.get_many(keys)
        data = next((found[key] for key in keys if key in found), None)
        return Claim(epoch, epoch - 1, data)

    def _write(self, cache: Any, entry: Entry) -> bool:
        cache.set(_key(entry.page_id, entry.epoch), entry.data, entry.ttl_s)
        counter = _counter(entry.page_id)
        ttl_s = entry.ttl_s + _COUNTER_EXTRA_S
        if not cache.touch(counter, ttl_s):
            cache.add(counter, entry.epoch, ttl_s)
        current = cache.get(counter)
        return current is None or current <= entry.epoch

    def _cache(self) -> Any:
        """Return the cache object of this thread.

        Those of ``caches`` belong to a context, and each turn has one of its own, so it would begin
        with a new connection.
        """
        cache = getattr(self._local, "cache", None)
        if cache is None:
            cache = self._local.cache = caches.create_connection(self._alias)
        return cache

    def _guarded(self, operation: Callable[[Any], Result]) -> Result:
        # Each cache has errors of its own library, without a base that all share.
        try:
            return operation(self._cache())
        except Exception as error:
            raise BackendUnavailable(
                f"Cache {self._alias!r}: {type(error).__name__}: {error}"
            ) from error


def _counter(page_id: bytes) -> str:
    return f"djust:state:{page_id.hex()}"


def _key(page_id: bytes, epoch: int) -> str:
    return f"djust:state:{page_id.hex()}:{epoch}"
