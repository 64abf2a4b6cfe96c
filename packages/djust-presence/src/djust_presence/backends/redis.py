"""Presence in Redis, for several workers: every operation is one script, so it happens as a whole.

A key is one hash, whose fields start with ``u`` (how many connections), ``j`` (joined at) or ``m``
(data as JSON) of a user, beside ``v`` (revision), ``t`` (how many users) and ``k`` (the key). A
second hash holds the worker of each connection. A worker has a set of what belongs to it, and a
lease.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from typing import Any

from djust_live.config import config

from djust_presence.backends.base import Change, Member, PresenceBackend, Snapshot
from djust_presence.errors import PresenceUnavailable, UnknownPresenceBackend

try:
    import redis
except ImportError:  # pragma: no cover - the message is what the user needs
    redis = None  # type: ignore[assignment]

_TIMEOUT_S = 1.0
_DIGEST = 40
_CONNECTION = 32

# Shared by the scripts: `entry` is digest, connection and user, one behind the other.
_LEAVE_ONE = """
local prefix = ARGV[1]
local function leave(entry, worker)
  local digest = string.sub(entry, 1, 40)
  local user = string.sub(entry, 73)
  local room, conns = prefix .. 'r:' .. digest, prefix .. 'c:' .. digest
  local field = string.sub(entry, 41)
  local owner = redis.call('HGET', conns, field)
  if not owner or (worker and owner ~= worker) then return false end
  redis.call('HDEL', conns, field)
  redis.call('SREM', prefix .. 'w:' .. owner, entry)
  local n = redis.call('HINCRBY', room, 'u' .. user, -1)
  local rev = redis.call('HINCRBY', room, 'v', 1)
  local known = redis.call('HMGET', room, 'k', 'j' .. user, 'm' .. user)
  local kind = 'update'
  if n <= 0 then
    kind = 'leave'
    redis.call('HDEL', room, 'u' .. user, 'j' .. user, 'm' .. user)
    if redis.call('HINCRBY', room, 't', -1) <= 0 then redis.call('DEL', room) end
  end
  return {known[1], rev, kind, user, known[2], known[3], n}
end
"""
_JOIN = """
local prefix, entry, worker, meta, joined, key, now = unpack(ARGV)
local digest = string.sub(entry, 1, 40)
local user = string.sub(entry, 73)
local room, conns = prefix .. 'r:' .. digest, prefix .. 'c:' .. digest
local field = string.sub(entry, 41)
local old = redis.call('HGET', conns, field)
if old and old ~= worker then redis.call('SREM', prefix .. 'w:' .. old, entry) end
redis.call('HSET', conns, field, worker)
redis.call('SADD', prefix .. 'w:' .. worker, entry)
redis.call('SADD', prefix .. 'workers', worker)
redis.call('HSETNX', room, 'v', now)
redis.call('HSETNX', room, 'k', key)
local kind = 'update'
if redis.call('HSETNX', room, 'j' .. user, joined) == 1 then
  kind = 'join'
  redis.call('HINCRBY', room, 't', 1)
end
redis.call('HSET', room, 'm' .. user, meta)
local n = redis.call('HINCRBY', room, 'u' .. user, old and 0 or 1)
local rev = redis.call('HINCRBY', room, 'v', 1)
return {key, rev, kind, user, redis.call('HGET', room, 'j' .. user), meta, n}
"""
_LEAVE = _LEAVE_ONE + "return leave(ARGV[2], ARGV[3])"
_BEAT = """
local lease = ARGV[1] .. 'l:' .. ARGV[2]
local alive = redis.call('EXISTS', lease)
redis.call('SET', lease, '1', 'PX', ARGV[3])
return alive
"""
# In pieces, so that the server answers others in between; nobody else sees the same piece.
_CLEAN = (
    _LEAVE_ONE
    + """
local worker = ARGV[2]
if redis.call('EXISTS', prefix .. 'l:' .. worker) == 1 then return {0} end
local entries = redis.call('SPOP', prefix .. 'w:' .. worker, 500)
local gone = {#entries}
for _, entry in ipairs(entries) do
  local change = leave(entry, worker)
  if change then gone[#gone + 1] = change end
end
if #entries == 0 then redis.call('SREM', prefix .. 'workers', worker) end
return gone
"""
)


class RedisBackend(PresenceBackend):
    """Uses the server of ``REDIS_URL``; keys start with ``REDIS_PREFIX``. Not for Redis Cluster.

    Args:
        url: Instead of ``REDIS_URL``.
        prefix: Instead of ``REDIS_PREFIX``.
    """

    def __init__(self, url: str | None = None, prefix: str | None = None) -> None:
        if redis is None:
            raise UnknownPresenceBackend(
                "PRESENCE_BACKEND 'redis' needs redis-py: pip install 'djust-presence[redis]'"
            )
        self._prefix = (config.REDIS_PREFIX if prefix is None else prefix) + ":presence:"
        self._client: Any = redis.Redis.from_url(
            url or config.REDIS_URL,
            socket_timeout=_TIMEOUT_S,
            socket_connect_timeout=_TIMEOUT_S,
        )

    def join(
        self,
        key: str,
        user_id: str,
        connection: str,
        worker: str,
        meta: dict[str, Any],
        joined_at: float,
    ) -> Change:
        """Add a connection."""
        entry = _entry(key, user_id, connection)
        now_ms = int(time.time() * 1000)
        made = self._run(_JOIN, entry, worker, json.dumps(meta), joined_at, _bytes(key), now_ms)
        return _change(made)

    def leave(
        self, key: str, user_id: str, connection: str, worker: str | None = None
    ) -> Change | None:
        """Remove a connection."""
        owner = () if worker is None else (worker,)
        made = self._run(_LEAVE, _entry(key, user_id, connection), *owner)
        return None if made is None else _change(made)

    def snapshot(self, key: str) -> Snapshot:
        """Return everybody."""
        room: dict[bytes, bytes] = self._do("hgetall", self._room(key))
        members = [
            Member(
                _text(name[1:]),
                float(joined),
                json.loads(room[b"m" + name[1:]]),
                int(room[b"u" + name[1:]]),
            )
            for name, joined in room.items()
            if name[:1] == b"j"
        ]
        return Snapshot(int(room.get(b"v", 0)), members)

    def revisions(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the revisions of keys in one round trip."""
        wanted = list(keys)
        pipeline = self._client.pipeline(transaction=False)
        for key in wanted:
            pipeline.hget(self._room(key), "v")
        try:
            found = pipeline.execute()
        except redis.RedisError as error:
            raise _unavailable(error) from error
        return {key: int(rev or 0) for key, rev in zip(wanted, found, strict=True)}

    def count(self, key: str) -> int:
        """Return how many are present."""
        return int(self._do("hget", self._room(key), "t") or 0)

    def heartbeat(self, worker: str, lease_s: float) -> bool:
        """Renew a worker's lease."""
        return bool(self._run(_BEAT, worker, max(1, int(lease_s * 1000))))

    def cleanup_stale(self) -> list[Change]:
        """Remove the connections of workers whose lease ran out."""
        found: list[Change] = []
        for worker in self._do("smembers", self._prefix + "workers"):
            taken = 1
            while taken:
                taken, *gone = self._run(_CLEAN, worker)
                found += [_change(each) for each in gone]
        return found

    def health_check(self) -> bool:
        """Return whether the server answers."""
        try:
            return bool(self._client.ping())
        except redis.RedisError:
            return False

    def _room(self, key: str) -> str:
        return f"{self._prefix}r:{_digest(key)}"

    def _run(self, script: str, *arguments: Any) -> Any:
        return self._do("eval", script, 0, self._prefix, *arguments)

    def _do(self, command: str, *arguments: Any) -> Any:
        try:
            return getattr(self._client, command)(*arguments)
        except redis.RedisError as error:
            raise _unavailable(error) from error


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _digest(text: str, length: int = _DIGEST) -> str:
    return hashlib.sha256(_bytes(text)).hexdigest()[:length]


def _entry(key: str, user_id: str, connection: str) -> bytes:
    return (_digest(key) + _digest(connection, _CONNECTION)).encode() + _bytes(user_id)


def _change(made: list[Any]) -> Change:
    key, rev, kind, user, joined, meta, connections = made
    member = Member(_text(user), float(joined), json.loads(meta), int(connections))
    return Change(_text(key), int(rev), kind.decode(), member)


def _unavailable(error: Exception) -> PresenceUnavailable:
    return PresenceUnavailable(f"Redis: {type(error).__name__}: {error}")
