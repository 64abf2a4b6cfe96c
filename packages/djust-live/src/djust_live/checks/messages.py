"""Messages of system checks: ids that never change, and what leaves a message out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning

_CHECKS = "docs/reference/checks.md"
_AUDIT = "docs/reference/commands.md"


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
    """Return the messages that ``DJUST["SUPPRESS_CHECKS"]`` does not name."""
    given = getattr(settings, "DJUST", None)
    silenced = set(given.get("SUPPRESS_CHECKS", ())) if isinstance(given, dict) else set()
    return [message for message in messages if message.id not in silenced]


def _hint(hint: str, number: str) -> str:
    page = _AUDIT if number.startswith("A") else _CHECKS
    return f"{hint} See {page}#djust{number.lower()}."
