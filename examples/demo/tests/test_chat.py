"""The names of visitors of the chat."""

from __future__ import annotations

from pages.chat import name_for


def test_a_visitor_keeps_a_name() -> None:
    assert name_for("visitor-1") == name_for("visitor-1")


def test_visitors_have_different_names() -> None:
    names = {name_for(f"visitor-{number}") for number in range(50)}
    assert len(names) > 25
    assert all(len(name.split()) == 2 for name in names)
