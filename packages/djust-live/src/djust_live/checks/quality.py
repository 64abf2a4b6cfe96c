"""Checks of Python code for what makes a live project hard to run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage

from djust_live.checks.messages import unsilenced, warning
from djust_live.checks.python_sources import PythonSource, project_sources
from djust_live.checks.syntax import calls, is_interpolated, last_name

_LOGGERS = frozenset({"logger", "log", "logging", "LOGGER", "LOG"})
_LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})


def check_quality(**kwargs: Any) -> list[CheckMessage]:
    """Look through the project's Python files."""
    return unsilenced(message for source in project_sources() for message in remarks(source))


def remarks(source: PythonSource) -> Iterator[CheckMessage]:
    """Yield what one file is warned about."""
    for call, name in calls(source.tree):
        place = source.place(call)
        is_print = name == "print" and isinstance(call.func, ast.Name)
        if is_print and not source.is_silenced(call, "Q001"):
            yield warning(
                "Q001",
                "print writes where nobody looks on a server.",
                "Use logging.getLogger(__name__).",
                place,
            )
        logs = (
            isinstance(call.func, ast.Attribute)
            and name in _LEVELS
            and last_name(call.func.value) in _LOGGERS
        )
        if logs and call.args and is_interpolated(call.args[0]):
            if not source.is_silenced(call, "Q002"):
                yield warning(
                    "Q002",
                    "A log message is put together before anybody knows whether it is wanted.",
                    'Write logger.info("%s came", name).',
                    place,
                )
