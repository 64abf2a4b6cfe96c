"""What ``djust_doctor`` looks at: versions, ASGI server, channel layer, state backend, Redis."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings

from djust_live.backends import state_backend
from djust_live.checks.deployment import check_channel_layer
from djust_live.checks.state import check_state_cache
from djust_live.config import config
from djust_live.errors import LiveError

_OURS = (
    "djust",
    "djust-live",
    "djust-vdom",
    "djust-templates",
    "djust-testing",
    "djust-presence",
    "djust-streaming",
    "djust-uploads",
)
_SERVERS = ("uvicorn", "daphne", "hypercorn", "granian")
_SOCKETS = ("websockets", "wsproto", "websockets-sansio")


@dataclass(frozen=True)
class Symptom:
    """One line of the report.

    Attributes:
        name: What was looked at.
        level: ``ok``, ``note`` or ``bad``.
        text: What was found, and what to do about it.
    """

    name: str
    level: str
    text: str


def examine() -> list[Symptom]:
    """Look at everything; what does not answer is a finding, never an exception."""
    looks: list[Callable[[], Symptom]] = [
        _python,
        _packages,
        _server,
        _layer,
        _state,
        _proxy,
    ]
    return [look() for look in looks]


def _python() -> Symptom:
    django, channels = _version("django"), _version("channels")
    text = f"Python {platform.python_version()}, Django {django}, channels {channels}"
    return Symptom("versions", "ok" if sys.version_info >= (3, 10) else "bad", text)


def _packages() -> Symptom:
    found = {name: number for name in _OURS if (number := _version(name))}
    text = ", ".join(f"{name} {number}" for name, number in found.items())
    if len(set(found.values())) > 1:
        return Symptom("packages", "bad", f"{text}: install the same version of all.")
    return Symptom("packages", "ok", text)


def _server() -> Symptom:
    found = [f"{name} {number}" for name in _SERVERS if (number := _version(name))]
    if not found:
        return Symptom("server", "bad", 'No ASGI server: pip install "uvicorn[standard]".')
    if _version("uvicorn") and not any(_version(name) for name in _SOCKETS):
        return Symptom(
            "server", "bad", 'uvicorn has no WebSockets: pip install "uvicorn[standard]".'
        )
    return Symptom("server", "ok", ", ".join(found))


def _layer() -> Symptom:
    try:
        layer = get_channel_layer()
        if layer is None:
            return Symptom("channel layer", "note", "none: broadcasts stay in this process")
        heard = async_to_sync(_round_trip)(layer)
    # Each layer has errors of its own, and of the client below it.
    except Exception as error:  # noqa: BLE001
        return Symptom("channel layer", "bad", f"does not answer: {error!r}")
    if not heard:
        return Symptom("channel layer", "bad", type(layer).__qualname__)
    objections = [str(message.msg) for message in check_channel_layer()]
    name = type(layer).__qualname__
    if objections:  # how many processes there are, is not known here
        return Symptom("channel layer", "note", " ".join([f"{name}:", *objections]))
    return Symptom("channel layer", "ok", name)


async def _round_trip(layer: object) -> bool:
    name = await layer.new_channel()  # type: ignore[attr-defined]
    await layer.send(name, {"type": "djust.doctor"})  # type: ignore[attr-defined]
    message = await layer.receive(name)  # type: ignore[attr-defined]
    return bool(message["type"] == "djust.doctor")


def _state() -> Symptom:
    try:
        kind = config.STATE_BACKEND
    except LiveError as error:
        return Symptom("settings", "bad", str(error))
    try:
        state_backend().owner(b"djust-doctor")
    except LiveError as error:
        return Symptom("state backend", "bad", f"{kind}: {error}")
    if kind == "memory":
        return Symptom("state backend", "note", "memory: open pages start anew after a restart")
    objections = [str(message.msg) for message in check_state_cache()]
    if objections:
        return Symptom("state backend", "bad", " ".join(objections))
    return Symptom("state backend", "ok", kind)


def _proxy() -> Symptom:
    header = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
    if settings.DEBUG:
        return Symptom("proxy", "note", "DEBUG is on, so none is expected")
    if header is None:
        return Symptom(
            "proxy",
            "note",
            "SECURE_PROXY_SSL_HEADER is not set; behind a proxy that ends TLS Django needs it, and "
            f"the proxy must pass Upgrade and Host for {config.SOCKET_PATH}.",
        )
    return Symptom("proxy", "ok", f"{header[0]} says when a page came by TLS")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
