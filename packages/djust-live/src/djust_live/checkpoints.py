"""One view at one moment as signed bytes, from which another process goes on."""

from __future__ import annotations

import hmac
from typing import Any

import msgspec
from django.conf import settings
from django.utils.crypto import salted_hmac

from djust_live.errors import StateCorrupt
from djust_live.packing import Packed
from djust_live.page_messages import PageMessage
from djust_live.state import StateDump

_SALT = "djust_live.checkpoints"
# Goes in front and is signed too: other bytes here are another format.
_FORMAT = b"djust1"
_DIGEST_BYTES = 32


class Checkpoint(msgspec.Struct, array_like=True, frozen=True):
    """Everything that a view and its page need to go on.

    Attributes:
        page_id: The page view that it belongs to.
        view: Label of the view class; compared, never imported.
        binding: Browser session and login that the page was made for.
        state_version: ``state_version`` of the view class that wrote it.
        rev: Revision of the page.
        ref: Last event that was handled.
        frames: Revision, event and text of frames that the browser may have missed.
        state: The attributes.
        extensions: What extensions keep, by namespace.
        page: What the renderer needs to go on from this page.
        uri: Path and query string that the page shows now.
        title: Title of the document, when the view has set one.
        topics: Subscriptions.
        csrf_token: As it stands in the page.
        messages: Of Django, which the page has used up.
    """

    page_id: bytes
    view: bytes
    binding: bytes
    state_version: int
    rev: int
    ref: int
    frames: list[tuple[int, int, str]]
    state: StateDump
    extensions: dict[str, Packed]
    page: bytes
    uri: str
    title: str | None
    topics: list[str]
    csrf_token: str | None
    messages: tuple[PageMessage, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Checkpoint)


def seal(checkpoint: Checkpoint) -> bytes:
    """Return a checkpoint as bytes that only holders of ``SECRET_KEY`` can make."""
    payload = _FORMAT + _encoder.encode(checkpoint)
    return payload + _digest(payload, settings.SECRET_KEY)


def unseal(data: bytes, page_id: bytes) -> Checkpoint:
    """Return the checkpoint in ``data``.

    Raises:
        StateCorrupt: It was not sealed with the secret key or a fallback, is of another format, or
            belongs to another page (``DJL603``).
    """
    payload, digest = data[:-_DIGEST_BYTES], data[-_DIGEST_BYTES:]
    keys: list[Any] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(digest, _digest(payload, key)) for key in keys):
        raise StateCorrupt("A checkpoint with a wrong signature.")
    if not payload.startswith(_FORMAT):
        raise StateCorrupt("A checkpoint of another format.")
    try:
        checkpoint = _decoder.decode(memoryview(payload)[len(_FORMAT) :])
    except msgspec.DecodeError as error:
        raise StateCorrupt(f"A checkpoint of another version: {error}") from error
    if checkpoint.page_id != page_id:
        raise StateCorrupt("A checkpoint of another page.")
    return checkpoint


def _digest(payload: bytes, key: str | bytes) -> bytes:
    return salted_hmac(_SALT, payload, secret=key, algorithm="sha256").digest()
