"""Wire messages of protocol version 1: types, decoding with limits, encoding.

Everything here is pure: text in, values out. ``docs/reference/protocol.md`` is the reference.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.utils.functional import Promise

from djust_live.errors import FrameTooLarge, MalformedFrame, UnknownFrame

VERSION = 1
NO_OPS = b"[]"


class Join(msgspec.Struct, array_like=True, tag="join", frozen=True):
    """Attach, or attach again after a drop."""

    version: int
    token: str
    count: int
    hash: int
    rev: int
    ref: int
    uri: str = ""


class Event(msgspec.Struct, array_like=True, tag="event", frozen=True):
    """Call a handler."""

    ref: int
    rev: int
    name: str
    params: dict[str, Any]
    target: str | None = None


class Resync(msgspec.Struct, array_like=True, tag="resync", frozen=True):
    """Send the whole root."""

    rev: int


class Ping(msgspec.Struct, array_like=True, tag="ping", frozen=True):
    """Heartbeat; acknowledges all frames up to ``rev``."""

    rev: int


class Leave(msgspec.Struct, array_like=True, tag="leave", frozen=True):
    """The page goes away."""


class Custom(msgspec.Struct, frozen=True):
    """A message to the extension that owns ``namespace``."""

    namespace: str
    verb: str
    data: Any


ClientFrame = Join | Event | Resync | Ping | Leave | Custom

_frames: msgspec.json.Decoder[Join | Event | Resync | Ping | Leave] = msgspec.json.Decoder(
    Join | Event | Resync | Ping | Leave
)
_array: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[Any])
_KINDS = frozenset({"join", "event", "resync", "ping", "leave"})


def decode(text: str, max_bytes: int) -> ClientFrame:
    """Return the frame that a browser sent.

    Args:
        text: The text of one WebSocket message.
        max_bytes: Longest text that is looked at, counted in UTF-8.

    Raises:
        FrameTooLarge: ``text`` is longer than ``max_bytes`` (``DJL102``).
        MalformedFrame: Not a JSON array with items of the right kinds (``DJL101``).
        UnknownFrame: An array of an unknown kind (``DJL103``).

    Example:
        >>> decode('["ping", 3]', 1024)
        Ping(rev=3)
    """
    # A character takes one to four bytes, so most texts need no encoding to be measured.
    if len(text) * 4 > max_bytes and (
        len(text) > max_bytes or len(text.encode("utf-8", "surrogatepass")) > max_bytes
    ):
        raise FrameTooLarge(f"A frame of {len(text)} characters; at most {max_bytes} bytes.")
    try:
        return _frames.decode(text)
    except msgspec.ValidationError as error:
        return _decode_custom(text, error)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise MalformedFrame(f"Not a frame: {_reason(error)}") from error


def _decode_custom(text: str, cause: msgspec.ValidationError) -> Custom:
    """Read a frame of an extension, or say what is wrong with a frame of ours."""
    try:
        items = _array.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedFrame(f"Not a frame: {_reason(error)}") from error
    if not items or not isinstance(items[0], str):
        raise MalformedFrame("A frame starts with the name of its kind.") from cause
    kind = items[0]
    if kind in _KINDS:
        raise MalformedFrame(f"A wrong {kind} frame: {cause}") from cause
    namespace, colon, verb = kind.partition(":")
    if not (colon and namespace and verb):
        raise UnknownFrame(f"No frame is called {kind[:80]!r}.") from cause
    return Custom(namespace, verb, items[1] if len(items) > 1 else None)


def _reason(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def to_data(value: Any) -> Any:
    """Turn what msgspec does not know into data; the hook of :func:`encode_json`."""
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, str):
        return value[:]  # a slice of safe text is plain text
    if isinstance(value, Promise) or hasattr(value, "__html__"):
        return "".join(str(value))
    if hasattr(value, "pk") and hasattr(value, "_meta"):
        return {"pk": value.pk, "model": value._meta.label_lower, "text": str(value)}
    if hasattr(value, "__iter__") and hasattr(value, "query"):  # a queryset
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form.")


_encoder = msgspec.json.Encoder(enc_hook=to_data, decimal_format="string")


def encode_json(value: Any) -> bytes:
    """Return ``value`` as JSON; models, querysets, dates, decimals and dataclasses included."""
    return _encoder.encode(value)


def reply(ref: int, rev: int, ops: bytes, extra: dict[str, Any] | None = None) -> str:
    """Return the frame that ends event ``ref``.

    Example:
        >>> reply(1, 4, b'[[1,3,"5"]]')
        '["reply",1,4,[[1,3,"5"]]]'
    """
    if extra:
        return f'["reply",{ref},{rev},{ops.decode()},{encode_json(extra).decode()}]'
    return f'["reply",{ref},{rev},{ops.decode()}]'


def without_ops(frame: str, rev: int) -> str:
    """Return a reply for a page that shows revision ``rev`` in another way than by its ops.

    Example:
        >>> without_ops('["reply",1,4,[[1,3,"5"]]]', 6)
        '["reply",1,6,[]]'
    """
    items = _array.decode(frame)
    items[2:4] = [rev, []]
    return encode_json(items).decode()


def push(rev: int, ops: bytes, extra: dict[str, Any] | None = None) -> str:
    """Return the frame for a change that no event asked for."""
    if extra:
        return f'["push",{rev},{ops.decode()},{encode_json(extra).decode()}]'
    return f'["push",{rev},{ops.decode()}]'


def ready(rev: int, ref: int, extra: dict[str, Any] | None = None) -> str:
    """Return the answer to a join that goes on where the page is."""
    return encode_json(("ready", rev, ref, extra or {})).decode()


def html(rev: int, text: str, extra: dict[str, Any] | None = None) -> str:
    """Return the whole root as a frame."""
    return encode_json(("html", rev, text, extra or {})).decode()


def error(code: str, text: str = "") -> str:
    """Return the frame that refuses another one."""
    return encode_json(("error", code, text)).decode()


def reload(reason: str) -> str:
    """Return the order to load the page again."""
    return encode_json(("reload", reason)).decode()


def drain(delay_ms: int) -> str:
    """Return the announcement that the server stops."""
    return f'["drain",{delay_ms}]'


def custom(namespace: str, verb: str, data: Any) -> str:
    """Return a message from the extension that owns ``namespace``."""
    return encode_json((f"{namespace}:{verb}", data)).decode()


PONG = '["pong"]'


def decode_extra(raw: bytes) -> dict[str, Any]:
    """Return the last item of a frame as it was encoded."""
    return msgspec.json.decode(raw, type=dict[str, Any])
