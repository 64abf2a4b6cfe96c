"""The settings of presence, which are keys of ``DJUST`` like all others."""

from __future__ import annotations

from dataclasses import dataclass

from djust_live.config import one_of, register


@dataclass(frozen=True)
class Config:
    """Every key of djust-presence with its default.

    Attributes:
        PRESENCE_BACKEND: ``memory`` (one process), ``redis`` or a dotted path to a
            ``PresenceBackend``.
        PRESENCE_LEASE_S: Seconds within which the members of a killed process are gone.
        PRESENCE_GRACE_S: Seconds that somebody whose connection dropped is still present.
        PRESENCE_META_BYTES: Longest data about one member, as JSON.
        CURSOR_INTERVAL_S: Seconds between two messages about the others' cursors to one browser.
    """

    PRESENCE_BACKEND: str = one_of("memory", "redis", default="memory", or_path=True)
    PRESENCE_LEASE_S: float = 30.0
    PRESENCE_GRACE_S: float = 3.0
    PRESENCE_META_BYTES: int = 4_096
    CURSOR_INTERVAL_S: float = 0.05


config = register(Config)
