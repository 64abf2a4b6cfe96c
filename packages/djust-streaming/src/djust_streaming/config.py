"""The settings of djust-streaming; keys of ``settings.DJUST``."""

from __future__ import annotations

from dataclasses import dataclass

from djust_live.config import register


@dataclass(frozen=True)
class Config:
    """Every key with its default.

    Attributes:
        STREAM_BUFFER_CHARS: Characters of streams that one page may owe its browser; what produces
            more has to wait.
        STREAM_WINDOW_CHARS: Characters that are on their way to a browser before it says that it
            has them.
        STREAM_STALL_S: Longest time that a producer waits for a browser that takes nothing.
    """

    STREAM_BUFFER_CHARS: int = 4_194_304
    STREAM_WINDOW_CHARS: int = 131_072
    STREAM_STALL_S: float = 120.0


config = register(Config)
