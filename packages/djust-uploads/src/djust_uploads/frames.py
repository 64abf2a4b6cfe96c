"""The wire of uploads: binary pieces, and what the browser announces."""

from __future__ import annotations

import struct
from typing import Any

import msgspec

from djust_uploads.errors import MalformedUpload

PIECE = 1
_HEADER = struct.Struct(">BIQ")
HEADER_BYTES = _HEADER.size
# A browser numbers its files; one page has not more than these.
LAST_REF = 2**31 - 1


class Piece(msgspec.Struct, frozen=True):
    """A piece of a file.

    Attributes:
        channel: What the server called the file when it last said where to go on.
        offset: Where in the file it begins.
        data: The bytes.
    """

    channel: int
    offset: int
    data: memoryview


def read(frame: bytes) -> Piece:
    """Return the piece in a binary frame: kind, entry, offset, bytes.

    Raises:
        MalformedUpload: It is none (``DJU114``).
    """
    if len(frame) <= HEADER_BYTES:
        raise MalformedUpload(f"A binary frame of {len(frame)} bytes has no content.")
    kind, channel, offset = _HEADER.unpack_from(frame)
    if kind != PIECE:
        raise MalformedUpload(f"A binary frame of the unknown kind {kind}.")
    return Piece(channel, offset, memoryview(frame)[HEADER_BYTES:])


def write(channel: int, offset: int, data: bytes) -> bytes:
    """Return the binary frame for a piece, as the browser makes it."""
    return _HEADER.pack(PIECE, channel, offset) + data


class Announced(msgspec.Struct, array_like=True, frozen=True):
    """What a browser says of a file before it sends it."""

    ref: int
    name: str
    size: int
    type: str = ""
    modified_ms: int = 0
    preview: str = ""


class Added(msgspec.Struct, array_like=True, frozen=True):
    """Files that were chosen for an upload, or that a browser goes on with after a drop."""

    upload: str
    files: list[Announced]


class Sent(msgspec.Struct, array_like=True, frozen=True):
    """How far the browser is with sending a file to external storage."""

    ref: int
    loaded: int
    state: str


def convert(data: Any, kind: type[Any]) -> Any:
    """Return a message of the browser's, checked.

    Raises:
        MalformedUpload: It is not as it should be (``DJU114``).
    """
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise MalformedUpload(f"A message about uploads is wrong: {error}") from error
