"""Collections and text that stream into a djust live view."""

from __future__ import annotations

from djust_streaming.errors import (
    StreamingError,
    StreamOverflow,
    UnknownStream,
    WrongMode,
)
from djust_streaming.extension import StreamingExtension
from djust_streaming.mixin import StreamingMixin

__all__ = [
    "StreamOverflow",
    "StreamingError",
    "StreamingExtension",
    "StreamingMixin",
    "UnknownStream",
    "WrongMode",
    "__version__",
]

__version__ = "2.0.0a1"
