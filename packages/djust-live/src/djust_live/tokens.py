"""The signed token that a page carries: which view to attach to, for whom, until when."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from typing import TYPE_CHECKING, Any

import msgspec
from django.conf import settings
from django.utils.crypto import salted_hmac

from djust_live.errors import BadNesting, ExpiredToken, InvalidToken
from djust_live.page_messages import PageMessage

if TYPE_CHECKING:
    from django.http import HttpRequest

_SALT = "djust_live.tokens"
_DIGEST_BYTES = 16
# Servers take addresses of 64 KiB at most, uvicorn's limit; as base64 that is a third more.
_MAX_TOKEN_CHARS = 131_072
# What a page may carry beside its address.
_MAX_GIVEN_CHARS = 4_096


class Step(msgspec.Struct, array_like=True, frozen=True):
    """The way from a view into one that is nested in it.

    Attributes:
        outer: Label of the outer view's class.
        view: Dotted path of the inner view's class.
        kwargs: For the ``mount`` of the inner view.
    """

    outer: bytes
    view: str
    kwargs: dict[str, Any]


class MountToken(msgspec.Struct, array_like=True, frozen=True):
    """What a page must know to attach; nothing in it is looked up unless the signature holds.

    Attributes:
        page_id: Random; names this one page view.
        issued_s: Seconds since the epoch.
        view: Label of the view class; compared, never imported.
        session: Binding to the browser session; empty when there was none.
        auth: Binding to the user and the password; empty for an anonymous user.
        path: Path and query string of the page.
        language: Language that the page was made in.
        time_zone: Name of the time zone that was active, when not the default.
        urlconf: URLconf of the request, when a middleware set one.
        tenant: Key of the page's tenant; empty: of none.
        steps: From the view of the URL to a nested one.
        live_session: Of the URL; empty: of none.
        messages: Of Django, which the page has used up.
    """

    page_id: bytes
    issued_s: int
    view: bytes
    session: bytes
    auth: bytes
    path: str
    language: str | None = None
    time_zone: str | None = None
    urlconf: str | None = None
    tenant: str = ""
    steps: tuple[Step, ...] = ()
    live_session: str = ""
    messages: tuple[PageMessage, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(MountToken)


def new_page_id() -> bytes:
    """Return the name of a new page view: nine random bytes."""
    return secrets.token_bytes(9)


def sign(token: MountToken) -> str:
    """Return ``token`` as text for the page, about 120 characters.

    Messages that are too long for it are left out.

    Raises:
        BadNesting: What goes to nested views is no data, or too much (``DJL213``).
    """
    try:
        payload = _encoder.encode(token)
    except TypeError as error:
        raise BadNesting(f"A nested view is given what is no data: {error}") from error
    text = base64.urlsafe_b64encode(payload + _digest(payload, settings.SECRET_KEY)).decode()
    is_full = len(text) > _MAX_GIVEN_CHARS + len(token.path.encode()) * 4 // 3
    if token.messages and is_full:
        longest = max(token.messages, key=lambda message: len(message.text))
        fewer = tuple(each for each in token.messages if each is not longest)
        return sign(msgspec.structs.replace(token, messages=fewer))
    if token.steps and is_full:
        raise BadNesting(f"What nested views are given makes a token of {len(text)} characters.")
    return text


def verify(text: str, max_age_s: float) -> MountToken:
    """Return the token that ``text`` carries.

    Raises:
        InvalidToken: ``text`` was not signed with the secret key or a fallback (``DJL301``).
        ExpiredToken: The token is older than ``max_age_s`` (``DJL302``).
    """
    if len(text) > _MAX_TOKEN_CHARS:
        raise InvalidToken("A token that is too long.")
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise InvalidToken("A token that is not base64.") from error
    payload, digest = raw[:-_DIGEST_BYTES], raw[-_DIGEST_BYTES:]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(digest, _digest(payload, key)) for key in keys):
        raise InvalidToken("A token with a wrong signature.")
    try:
        token = _decoder.decode(payload)
    except msgspec.DecodeError as error:
        raise InvalidToken("A token of another version.") from error
    if time.time() - token.issued_s > max_age_s:
        raise ExpiredToken("A token that has expired.")
    return token


def session_binding(request: HttpRequest) -> bytes:
    """Return what ties a token to the browser session of ``request``; empty without a session."""
    session = getattr(request, "session", None)
    key = getattr(session, "session_key", None)
    return bind_session_key(key) if key else b""


def bind_session_key(key: str) -> bytes:
    """Return the binding for a session key; the key itself cannot be told from it."""
    return _digest(key.encode(), settings.SECRET_KEY, "session")[:8]


def auth_binding(request: HttpRequest) -> bytes:
    """Return what ties a token to the user and their password; empty for anonymous users."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return b""
    secret = user.get_session_auth_hash() if hasattr(user, "get_session_auth_hash") else ""
    return hashlib.sha256(f"{user.pk}:{secret}".encode()).digest()[:8]


def _digest(payload: bytes, key: str | bytes, purpose: str = "mount") -> bytes:
    mac = salted_hmac(f"{_SALT}.{purpose}", payload, secret=key, algorithm="sha256")
    return mac.digest()[:_DIGEST_BYTES]
