"""constraints.txt pins everything that the workspace installs."""

from __future__ import annotations

import re

from tools import constraints, workspace


def pinned() -> set[str]:
    lines = workspace.CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    return {workspace.requirement_name(line) for line in lines if not line.startswith("#")}


def test_every_third_party_requirement_is_pinned() -> None:
    wanted = {workspace.requirement_name(text) for text in constraints.requirements()}
    assert sorted(wanted - pinned() - {"django"}) == [], "Run: ./dev nox -s constraints"


def test_every_line_is_an_exact_pin() -> None:
    lines = workspace.CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [pin for pin in pins if not re.match(r"[a-z0-9-]+==[\w.]+(?: ; .+)?$", pin)] == []


def test_django_is_pinned_in_one_place_only() -> None:
    assert "django" not in pinned()
    for django in workspace.djangos():
        assert django.version.startswith(f"{django.series}.")


def test_the_oldest_python_has_a_django() -> None:
    for python in workspace.supported_pythons():
        assert workspace.djangos(python)
