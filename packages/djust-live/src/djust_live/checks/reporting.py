"""Findings as text, JSON and SARIF, the same for every command that has some."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage

from djust_live.checks.places import place_of
from djust_live.checks.sarif import level_of, relative, report

FORMATS = ("text", "json", "sarif")


def as_text(messages: Sequence[CheckMessage], root: Path) -> str:
    """Return a line for each message and one for its hint, then how many there are."""
    lines = []
    for message in messages:
        place = place_of(message.obj)
        where = f"{relative(place, root)}:{place.line}: " if place else ""
        lines.append(f"{where}{level_of(message)} {message.id}: {message.msg}")
        if message.hint:
            lines.append(f"    {message.hint}")
    count = len(messages)
    lines.append(f"{count} finding{'' if count == 1 else 's'}.")
    return "\n".join(lines)


def as_data(message: CheckMessage, root: Path) -> dict[str, Any]:
    """Return a message as it stands in JSON."""
    place = place_of(message.obj)
    return {
        "id": message.id,
        "level": level_of(message),
        "message": str(message.msg),
        "hint": message.hint,
        "file": relative(place, root) if place else None,
        "line": place.line if place else None,
    }


def formatted(
    kind: str,
    tool: str,
    messages: Sequence[CheckMessage],
    titles: Mapping[str, str],
    root: Path,
) -> str:
    """Return messages in one of :data:`FORMATS`."""
    if kind == "sarif":
        return json.dumps(report(tool, messages, titles, root), indent=2)
    if kind == "json":
        return json.dumps([as_data(message, root) for message in messages], indent=2)
    return as_text(messages, root)
