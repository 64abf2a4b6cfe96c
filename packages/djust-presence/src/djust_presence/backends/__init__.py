"""Where presence is kept: the one that ``PRESENCE_BACKEND`` names."""

from __future__ import annotations

from django.utils.module_loading import import_string

from djust_presence.backends.base import Change, Member, PresenceBackend, Snapshot
from djust_presence.errors import UnknownPresenceBackend

__all__ = ["Change", "Member", "PresenceBackend", "Snapshot", "make_backend"]

_PATHS = {
    "memory": "djust_presence.backends.memory.MemoryBackend",
    "redis": "djust_presence.backends.redis.RedisBackend",
}


def make_backend(name: str) -> PresenceBackend:
    """Return a new backend.

    Args:
        name: ``memory``, ``redis`` or a dotted path.

    Raises:
        UnknownPresenceBackend: There is none of that name (``DJP201``).
    """
    try:
        made = import_string(_PATHS.get(name, name))()
    except ImportError as error:
        raise UnknownPresenceBackend(
            f"PRESENCE_BACKEND {name!r} is neither one of {', '.join(_PATHS)} nor a dotted path."
        ) from error
    if not isinstance(made, PresenceBackend):
        raise UnknownPresenceBackend(f"PRESENCE_BACKEND {name!r} is no PresenceBackend.")
    return made
