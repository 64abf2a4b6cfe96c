"""Messages of system checks: ids that never change, and what leaves a message out."""

from __future__ import annotations

import linecache
import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning

from djust_live.checks.places import Place, place_of

_CHECKS = "docs/reference/checks.md"
_AUDIT = "docs/reference/commands.md"
# Decorators above what they decorate.
_MAX_HEAD_LINES = 20
NOQA = re.compile(r"#\s*noqa:\s*([\w., ]+)")


def error(number: str, text: str, hint: str, obj: Any = None) -> CheckMessage:
    """Return an error called ``djust.<number>`` whose hint leads to the documentation."""
    return Error(text, hint=_hint(hint, number), obj=obj, id=f"djust.{number}")


def warning(number: str, text: str, hint: str, obj: Any = None) -> CheckMessage:
    """Return a warning called ``djust.<number>`` whose hint leads to the documentation."""
    return Warning(text, hint=_hint(hint, number), obj=obj, id=f"djust.{number}")


def info(number: str, text: str, hint: str, obj: Any = None) -> CheckMessage:
    """Return a remark called ``djust.<number>`` whose hint leads to the documentation."""
    return Info(text, hint=_hint(hint, number), obj=obj, id=f"djust.{number}")


def unsilenced(messages: Iterable[CheckMessage]) -> list[CheckMessage]:
    """Return the messages that neither ``DJUST["SUPPRESS_CHECKS"]`` names nor a line leaves out."""
    given = getattr(settings, "DJUST", None)
    silenced = set(given.get("SUPPRESS_CHECKS", ())) if isinstance(given, dict) else set()
    return [
        message
        for message in messages
        if message.id not in silenced and not _is_left_out(str(message.id), message.obj)
    ]


def _is_left_out(number: str, obj: Any) -> bool:
    """Return whether the head of a class or a function carries ``# noqa`` for a check."""
    place = place_of(obj)
    if place is None or isinstance(obj, Place):
        return False  # who made the place has looked
    for line in range(place.line, place.line + _MAX_HEAD_LINES):
        text = linecache.getline(place.name, line)
        found = (one for ids in NOQA.findall(text) for one in re.split(r"[, ]+", ids))
        if number in found:
            return True
        if re.match(r"\s*(?:class|(?:async\s+)?def)\b", text):
            return False
    return False


def _hint(hint: str, number: str) -> str:
    page = _AUDIT if number.startswith("A") else _CHECKS
    return f"{hint} See {page}#djust{number.lower()}."
