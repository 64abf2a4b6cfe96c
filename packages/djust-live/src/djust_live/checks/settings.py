"""Checks of the ``DJUST`` setting."""

from __future__ import annotations

import difflib
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage

from djust_live.checks.messages import error, unsilenced, warning
from djust_live.config import known_keys


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Name keys of ``DJUST`` that do not exist, and the ones that were probably meant."""
    given = getattr(settings, "DJUST", None)
    if given is None:
        return []
    if not isinstance(given, dict):
        return [error("C001", "DJUST is not a dict.", "Use DJUST = {…} or leave it out.")]
    known = known_keys()
    found = []
    for key in given:
        if key in known:
            continue
        close = difflib.get_close_matches(str(key).upper(), known, n=1)
        meant = f"Did you mean {close[0]!r}?" if close else "Remove it, or correct its name."
        found.append(warning("C002", f"DJUST has no setting {key!r}.", meant))
    return unsilenced(found)
