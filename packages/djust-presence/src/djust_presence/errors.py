"""Every error of djust-presence: a stable code, whose fault it is, and what to do next."""

from __future__ import annotations

from djust_live.errors import LiveError


class PresenceError(LiveError):
    """Base of all errors of djust-presence."""

    code = "DJP000"
    hint = "Report this with the traceback of the server's log."


class NoPresenceKey(PresenceError):
    """A view has no key that says with whom it shares its presence."""

    code = "DJP101"
    attribution = "app"
    hint = "Set presence_key to a format string over attributes, or override get_presence_key()."


class BadMeta(PresenceError):
    """What should be known of somebody is no plain data, or too much of it."""

    code = "DJP102"
    attribution = "app"
    hint = "Give a dict of plain data, at most DJUST['PRESENCE_META_BYTES'] long."


class UnknownPresenceBackend(PresenceError):
    """``PRESENCE_BACKEND`` names no backend that can be used."""

    code = "DJP201"
    attribution = "app"
    hint = "Use 'memory', 'redis' or a dotted path; redis needs 'djust-presence[redis]'."


class PresenceUnavailable(PresenceError):
    """The store of presence does not answer."""

    code = "DJP202"
    attribution = "network"
    hint = (
        "Check the server of DJUST['REDIS_URL']; presence goes on by itself when it answers again."
    )


class BadCursor(PresenceError):
    """A browser sent a cursor that is not as the client module sends it."""

    code = "DJP301"
    attribution = "client"
    hint = "Check that the page's client and the server have the same version of djust-presence."
