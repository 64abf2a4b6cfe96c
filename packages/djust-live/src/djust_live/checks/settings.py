"""Checks of the ``DJUST`` setting."""

from __future__ import annotations

import difflib
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from djust_live.config import KNOWN_KEYS

_REFERENCE = "See docs/reference/settings.md."


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Name keys of ``DJUST`` that do not exist, and the ones that were probably meant."""
    given = getattr(settings, "DJUST", None)
    if given is None:
        return []
    if not isinstance(given, dict):
        return [Error("DJUST is not a dict.", hint=_REFERENCE, id="djust.C001")]
    found: list[CheckMessage] = []
    for key in given:
        if key in KNOWN_KEYS:
            continue
        close = difflib.get_close_matches(str(key).upper(), KNOWN_KEYS, n=1)
        meant = f"Did you mean {close[0]!r}? " if close else ""
        found.append(
            Warning(f"DJUST has no setting {key!r}.", hint=meant + _REFERENCE, id="djust.C002")
        )
    silenced = set(given.get("SUPPRESS_CHECKS", ()))
    return [message for message in found if message.id not in silenced]
