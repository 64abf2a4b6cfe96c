"""What SARIF 2.1.0 demands of a log, as far as ours go (OASIS, sections 3.13 to 3.52)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

LEVELS = {"none", "note", "warning", "error"}
# Object -> the properties that it may have here, with whether they are required and their type.
SHAPES: dict[str, dict[str, tuple[bool, Any]]] = {
    "log": {"$schema": (False, str), "version": (True, str), "runs": (True, ["run"])},
    "run": {"tool": (True, "tool"), "results": (False, ["result"])},
    "tool": {"driver": (True, "component")},
    "component": {"name": (True, str), "version": (False, str), "rules": (False, ["rule"])},
    "rule": {"id": (True, str), "shortDescription": (False, "text"), "helpUri": (False, str)},
    "text": {"text": (True, str)},
    "result": {
        "ruleId": (False, str),
        "ruleIndex": (False, int),
        "level": (False, str),
        "message": (True, "text"),
        "locations": (False, ["location"]),
    },
    "location": {"physicalLocation": (False, "physical")},
    "physical": {"artifactLocation": (False, "artifact"), "region": (False, "region")},
    "artifact": {"uri": (False, str)},
    "region": {"startLine": (False, int), "startColumn": (False, int)},
}


def check(log: Any) -> None:
    """Raise ``AssertionError`` when a log is not as the standard wants it."""
    _object(log, "log", "$")
    assert log["version"] == "2.1.0"
    for run in log["runs"]:
        rules = run["tool"]["driver"].get("rules", [])
        assert len({rule["id"] for rule in rules}) == len(rules)
        for result in run.get("results", ()):
            _result(result, rules)


def _result(result: dict[str, Any], rules: list[dict[str, Any]]) -> None:
    assert result.get("level", "warning") in LEVELS
    assert result["message"]["text"]
    if "ruleIndex" in result:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    for location in result.get("locations", ()):
        physical = location["physicalLocation"]
        uri = physical["artifactLocation"]["uri"]
        assert uri
        assert " " not in uri
        assert "\\" not in uri
        assert urlsplit(uri).scheme in ("", "file")
        assert physical["region"]["startLine"] >= 1


def _object(value: Any, shape: str, where: str) -> None:
    assert isinstance(value, dict), where
    allowed = SHAPES[shape]
    assert not set(value) - set(allowed), f"{where}: {set(value) - set(allowed)}"
    for name, (required, kind) in allowed.items():
        if name not in value:
            assert not required, f"{where}.{name} is missing"
            continue
        inner, path = value[name], f"{where}.{name}"
        if isinstance(kind, list):
            assert isinstance(inner, list), path
            for number, one in enumerate(inner):
                _object(one, kind[0], f"{path}[{number}]")
        elif isinstance(kind, str):
            _object(inner, kind, path)
        else:
            assert isinstance(inner, kind), path
            assert not isinstance(inner, bool), path
