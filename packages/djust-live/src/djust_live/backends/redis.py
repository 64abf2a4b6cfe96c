"""Checkpoints in Redis: one hash a page, each operation one script, many in one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from djust_live.backends.base import Claim, Entry, StateBackend, first_epoch
from djust_live.config import config
from djust_live.errors import BackendUnavailable, DefinitionError

try:
    import redis
except ImportError:  # pragma: no cover - the message is what the user needs
    redis = None  # type: ignore[assignment]

# Scripts run alone, which is what makes compare-and-set of them.
_CLAIM = """
local e = redis.call('HGET', KEYS[1], 'e')
if not e then return {ARGV[1], false, false} end
local n = tonumber(ARGV[1])
if tonumber(e) >= n then n = tonumber(e) + 1 end
n = string.format('%.0f', n)
redis.call('HSET', KEYS[1], 'e', n)
return {n, e, redis.call('HGET', KEYS[1], 'd')}
"""
_WRITE = """
local e = redis.call('HGET', KEYS[1], 'e')
if e and tonumber(e) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'e', ARGV[1], 'd', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""
_DELETE = """
local e = redis.call('HGET', KEYS[1], 'e')
if e and tonumber(e) <= tonumber(ARGV[1]) then redis.call('DEL', KEYS[1]) end
return 0
"""
_TIMEOUT_S = 2.0


class RedisBackend(StateBackend):
    """Uses the server of ``REDIS_URL``; keys start with ``REDIS_PREFIX``.

    Args:
        url: Instead of ``REDIS_URL``.
        prefix: Instead of ``REDIS_PREFIX``.
    """

    def __init__(self, url: str | None = None, prefix: str | None = None) -> None:
        if redis is None:
            raise DefinitionError(
                "STATE_BACKEND 'redis' needs redis-py: pip install 'djust-live[redis]'"
            )
        self._prefix = (config.REDIS_PREFIX if prefix is None else prefix) + ":state:"
        self._client: Any = redis.Redis.from_url(
            url or config.REDIS_URL,
            socket_timeout=_TIMEOUT_S,
            socket_connect_timeout=_TIMEOUT_S,
            health_check_interval=30,
        )

    def claim(self, page_id: bytes) -> Claim:
        """Become the owner of a page and return what is known of it."""
        epoch, previous, data = self._run(_CLAIM, page_id, first_epoch())
        return Claim(int(epoch), None if previous is None else int(previous), data)

    def owner(self, page_id: bytes) -> int | None:
        """Return the epoch of a page's owner."""
        try:
            epoch = self._client.hget(self._key(page_id), "e")
        except redis.RedisError as error:
            raise _unavailable(error) from error
        return None if epoch is None else int(epoch)

    def write(self, entries: Sequence[Entry]) -> list[bool]:
        """Write checkpoints in one round trip."""
        pipeline = self._client.pipeline(transaction=False)
        for entry in entries:
            ttl_ms = max(1, int(entry.ttl_s * 1000))
            pipeline.eval(_WRITE, 1, self._key(entry.page_id), entry.epoch, entry.data, ttl_ms)
        try:
            return [bool(written) for written in pipeline.execute()]
        except redis.RedisError as error:
            raise _unavailable(error) from error

    def delete(self, page_id: bytes, epoch: int) -> None:
        """Forget a page."""
        self._run(_DELETE, page_id, epoch)

    def _run(self, script: str, page_id: bytes, *arguments: Any) -> Any:
        try:
            return self._client.eval(script, 1, self._key(page_id), *arguments)
        except redis.RedisError as error:
            raise _unavailable(error) from error

    def _key(self, page_id: bytes) -> str:
        return self._prefix + page_id.hex()


def _unavailable(error: Exception) -> BackendUnavailable:
    return BackendUnavailable(f"Redis: {type(error).__name__}: {error}")
