"""Checks of the ``DJUST`` setting."""

from __future__ import annotations

import difflib
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured

from djust_live.checks.messages import error, unsilenced, warning
from djust_live.checks.routes import routed_views
from djust_live.config import invalid_settings, known_keys
from djust_live.tenants.resolvers import configured


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Name keys of ``DJUST`` that do not exist, and the ones that were probably meant."""
    given = getattr(settings, "DJUST", None)
    if given is None:
        return []
    if not isinstance(given, dict):
        return [error("C001", "DJUST is not a dict.", "Use DJUST = {…} or leave it out.")]
    routed_views()  # what they import has settings of its own
    known = known_keys()
    found = [
        error("C011", text, "Correct it; djust stops at its first use.")
        for text in (*invalid_settings(given).values(), *_resolver_problems(given))
    ]
    for key in given:
        if key in known:
            continue
        close = difflib.get_close_matches(str(key).upper(), known, n=1)
        meant = f"Did you mean {close[0]!r}?" if close else "Remove it, or correct its name."
        found.append(warning("C002", f"DJUST has no setting {key!r}.", meant))
    return unsilenced(found)


def _resolver_problems(given: dict[Any, Any]) -> list[str]:
    if invalid_settings(given):
        return []
    try:
        configured()
    except (ImproperlyConfigured, ImportError) as mistake:
        return [f"TENANT_RESOLVER: {mistake}"]
    return []
