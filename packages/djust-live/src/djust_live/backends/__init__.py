"""Where checkpoints are kept: the one that ``STATE_BACKEND`` names."""

from __future__ import annotations

import threading

from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from djust_live.backends.base import Claim, Entry, StateBackend
from djust_live.config import config
from djust_live.errors import DefinitionError

__all__ = ["Claim", "Entry", "StateBackend", "state_backend"]

_PATHS = {
    "memory": "djust_live.backends.memory.MemoryBackend",
    "redis": "djust_live.backends.redis.RedisBackend",
    "cache": "djust_live.backends.cache.CacheBackend",
    "db": "djust_live.backends.db.DatabaseBackend",
}


class _Current:
    """The backend of this process, made on first use, again when the settings change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._backend: StateBackend | None = None

    def __call__(self) -> StateBackend:
        """Return the backend.

        Raises:
            DefinitionError: ``STATE_BACKEND`` names none (``DJL501``).
        """
        backend = self._backend
        if backend is None:
            with self._lock:
                backend = self._backend = self._backend or _make(config.STATE_BACKEND)
        return backend

    def reset(self) -> None:
        """Forget the backend."""
        self._backend = None


def _make(name: str) -> StateBackend:
    try:
        made = import_string(_PATHS.get(name, name))()
    except ImportError as error:
        raise DefinitionError(
            f"STATE_BACKEND {name!r} is neither one of {', '.join(_PATHS)} nor a dotted path."
        ) from error
    if not isinstance(made, StateBackend):
        raise DefinitionError(f"STATE_BACKEND {name!r} is no StateBackend.")
    return made


state_backend = _Current()


def _on_setting_changed(*, setting: str, **kwargs: object) -> None:
    if setting == "DJUST":
        state_backend.reset()


setting_changed.connect(_on_setting_changed, dispatch_uid="djust_live.backends")
