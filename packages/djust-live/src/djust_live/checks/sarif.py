"""Findings as SARIF 2.1.0, the format that code hosts and editors read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.core.checks import ERROR, INFO, CheckMessage

from djust_live.checks.places import Place, place_of

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def report(
    tool: str, messages: Iterable[CheckMessage], titles: Mapping[str, str], root: Path
) -> dict[str, Any]:
    """Return a SARIF log with one run.

    Args:
        tool: The name of the command.
        messages: What was found.
        titles: One line for each rule, by the number that the ids end in.
        root: Paths are written relative to it.
    """
    found = list(messages)
    used = list(dict.fromkeys(str(message.id) for message in found))
    rules = [_rule(one, titles) for one in used]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": tool, "rules": rules}},
                "results": [_result(message, used, root) for message in found],
            }
        ],
    }


def relative(place: Place, root: Path) -> str:
    """Return the path of a place from ``root``, with slashes; absolute when it lies outside."""
    path = Path(place.name)
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return path.resolve().as_uri()


def _rule(rule: str, titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": rule,
        "shortDescription": {"text": titles.get(rule.rpartition(".")[2], rule)},
    }


def _result(message: CheckMessage, used: list[str], root: Path) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": str(message.id),
        "ruleIndex": used.index(str(message.id)),
        "level": level_of(message),
        "message": {"text": f"{message.msg} {message.hint or ''}".strip()},
    }
    place = place_of(message.obj)
    if place is not None:
        result["locations"] = [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": relative(place, root)},
                    "region": {"startLine": place.line},
                }
            }
        ]
    return result


def level_of(message: CheckMessage) -> str:
    """Return ``error``, ``warning`` or ``note``."""
    if message.level >= ERROR:
        return "error"
    return "note" if message.level <= INFO else "warning"
