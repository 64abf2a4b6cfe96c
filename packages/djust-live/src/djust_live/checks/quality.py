"""Checks of Python code for what makes a live project hard to run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage

from djust_live.checks.messages import unsilenced, warning
from djust_live.checks.python_sources import PythonSource, project_sources
from djust_live.checks.syntax import calls, last_name

_LOGGER = re.compile(r"(?:^|_)(?:log|logger|logging)$", re.IGNORECASE)
_LEVELS = frozenset({"debug", "info", "warn", "warning", "error", "exception", "critical", "log"})
_PRINTS = frozenset({"print", "pprint"})


def check_quality(**kwargs: Any) -> list[CheckMessage]:
    """Look through the project's Python files."""
    return unsilenced(message for source in project_sources() for message in remarks(source))


def remarks(source: PythonSource) -> Iterator[CheckMessage]:
    """Yield what one file is warned about."""
    for call, name in calls(source.tree):
        place = source.place(call)
        if _prints(call, name) and not source.is_silenced(call, "Q001"):
            yield warning(
                "Q001",
                f"{name} writes where nobody looks on a server.",
                "Use logging.getLogger(__name__).",
                place,
            )
        if _logs(call, name) and any(map(source.as_written.interpolates, _messages(call, name))):
            if not source.is_silenced(call, "Q002"):
                yield warning(
                    "Q002",
                    "A log message is put together before anybody knows whether it is wanted.",
                    'Write logger.info("%s came", name).',
                    place,
                )


def _prints(call: ast.Call, name: str) -> bool:
    """Return whether a call writes to the standard output; ``print(…, file=…)`` says where."""
    is_builtin = isinstance(call.func, ast.Name) or ast.unparse(call.func) in (
        "builtins.print",
        "pprint.pprint",
    )
    names = {one.arg for one in call.keywords}
    return name in _PRINTS and is_builtin and not names & {"file", "stream"}


def _logs(call: ast.Call, name: str) -> bool:
    if not isinstance(call.func, ast.Attribute) or name not in _LEVELS:
        return False
    owner = call.func.value
    if isinstance(owner, ast.Call):
        return last_name(owner.func) in ("getLogger", "get_logger", "get_task_logger")
    return _LOGGER.search(last_name(owner)) is not None


def _messages(call: ast.Call, name: str) -> list[ast.expr]:
    first = 1 if name == "log" else 0
    named = (one.value for one in call.keywords if one.arg == "msg")
    return [*call.args[first : first + 1], *named]
