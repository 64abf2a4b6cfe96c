"""Checks of what stands around the process: the channel layer and its Redis."""

from __future__ import annotations

import ast
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage

from djust_live.checks.messages import unsilenced, warning
from djust_live.checks.python_sources import project_sources
from djust_live.checks.syntax import calls

_TALKING = frozenset({"broadcast", "subscribe", "track_presence", "broadcast_to_presence"})
_IN_MEMORY = "channels.layers.InMemoryChannelLayer"
_REDIS_CORE = "channels_redis.core.RedisChannelLayer"
# From this version on redis-py limits the connections of a pool unless told otherwise.
_LIMITING_REDIS = 8


def check_channel_layer(**kwargs: Any) -> list[CheckMessage]:
    """Find channel layers that lose messages between processes or fail under load."""
    layer = (getattr(settings, "CHANNEL_LAYERS", None) or {}).get("default", {})
    backend = layer.get("BACKEND")
    found = []
    if not settings.DEBUG and (backend == _IN_MEMORY or (not backend and _is_needed())):
        lives = "lives in the memory of one process" if backend else "is missing"
        found.append(
            warning(
                "C003",
                f"The channel layer {lives}, and DEBUG is off.",
                "With more than one process broadcasts reach only the views of their own; use a "
                "Redis layer, or silence this for a single process.",
            )
        )
    if backend == _REDIS_CORE and _redis_major() >= _LIMITING_REDIS:
        hosts = layer.get("CONFIG", {}).get("hosts", [])
        if not any(isinstance(host, dict) and "max_connections" in host for host in hosts):
            found.append(
                warning(
                    "C004",
                    "channels_redis.core with redis-py 8 fails above 100 connections at once.",
                    'Use "channels_redis.pubsub.RedisPubSubChannelLayer", or give each host a '
                    "max_connections.",
                )
            )
    return unsilenced(found)


def _is_needed() -> bool:
    """Return whether code of the project sends or hears messages of topics."""
    return any(
        (isinstance(call.func, ast.Name) and name == "publish")
        or (ast.unparse(call.func) == f"self.{name}" and name in _TALKING)
        for source in project_sources()
        for call, name in calls(source.tree)
    )


def _redis_major() -> int:
    try:
        return int(version("redis").partition(".")[0])
    except PackageNotFoundError:
        return 0
