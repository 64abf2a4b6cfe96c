"""Every error of djust-streaming: a stable code, whose fault it is, and what to do next."""

from __future__ import annotations

from djust_live.errors import LiveError


class StreamingError(LiveError):
    """Base of all errors of djust-streaming."""

    code = "DJS000"
    hint = "Report this with the traceback of the server's log."


class UnknownStream(StreamingError):
    """A collection was changed before ``stream()`` named it."""

    code = "DJS101"
    attribution = "app"
    hint = (
        "Call self.stream(name, items, key=…) in mount, and again in restore when key is callable."
    )


class StreamOverflow(StreamingError):
    """More waits for the browser than ``STREAM_BUFFER_CHARS``."""

    code = "DJS102"
    attribution = "network"
    hint = (
        "Stream from background work, which waits for slow readers: await self.stream_from(…), or "
        "self.stream_text(…) in a thread of start_async; or raise DJUST['STREAM_BUFFER_CHARS']."
    )


class WrongMode(StreamingError):
    """``stream_text`` was asked for something else than appending or replacing."""

    code = "DJS103"
    attribution = "app"
    hint = 'Use mode="append" or mode="replace".'
