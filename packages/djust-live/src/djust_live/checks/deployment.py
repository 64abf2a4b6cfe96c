"""Checks of what stands around the process: the channel layer and its Redis."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage

from djust_live.checks.messages import unsilenced, warning

_IN_MEMORY = "channels.layers.InMemoryChannelLayer"
_REDIS_CORE = "channels_redis.core.RedisChannelLayer"
# From this version on redis-py limits the connections of a pool unless told otherwise.
_LIMITING_REDIS = 8


def check_channel_layer(**kwargs: Any) -> list[CheckMessage]:
    """Find channel layers that lose messages between processes or fail under load."""
    layer = (getattr(settings, "CHANNEL_LAYERS", None) or {}).get("default", {})
    backend = layer.get("BACKEND")
    found = []
    if backend == _IN_MEMORY and not settings.DEBUG:
        found.append(
            warning(
                "C003",
                "The channel layer lives in the memory of one process, and DEBUG is off.",
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


def _redis_major() -> int:
    try:
        return int(version("redis").partition(".")[0])
    except PackageNotFoundError:
        return 0
