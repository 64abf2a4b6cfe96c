"""Whether a visitor can get at an element of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

# What the attribute means something to; elsewhere a browser passes it over.
_DISABLED = frozenset({"button", "input", "select", "textarea", "option", "optgroup", "fieldset"})
_CONTROLS = frozenset({"button", "input", "select", "textarea"})
_UNSEEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\b", re.I
)


class Impossible(AssertionError):
    """A visitor could not do this in a browser."""


def is_disabled(element: Tag) -> bool:
    """Return whether an element is disabled, by itself or by what is around it."""
    if element.name in _DISABLED and element.has_attr("disabled"):
        return True
    if element.name == "option":
        return any(outer.has_attr("disabled") for outer in element.find_parents("optgroup"))
    return element.name in _CONTROLS and any(
        outer.has_attr("disabled") and not _is_in_legend(element, outer)
        for outer in element.find_parents("fieldset")
    )


def check_reach(element: Tag) -> None:
    """Return when a visitor can use an element.

    Raises:
        Impossible: It is disabled, inert or hidden, or something around it is.
    """
    if is_disabled(element):
        raise Impossible(f"{open_tag(element)} is disabled.")
    for outer in _around(element):
        if outer.name == "button" and is_disabled(outer):
            raise Impossible(f"{open_tag(outer)} is disabled.")
        if outer.has_attr("inert"):
            raise Impossible(f"{open_tag(outer)} is inert.")
        if outer.has_attr("hidden") or _UNSEEN.search(str(outer.get("style") or "")):
            raise Impossible(f"{open_tag(outer)} is hidden.")
    if element.name == "input" and str(element.get("type") or "").lower() == "hidden":
        raise Impossible(f"{open_tag(element)} is hidden.")


def open_tag(element: Tag) -> str:
    """Return the start tag of an element, to name it in a message."""
    return str(element).partition(">")[0] + ">"


def _around(element: Tag) -> Iterator[Tag]:
    yield element
    yield from element.parents


def _is_in_legend(element: Tag, fieldset: Tag) -> bool:
    legend = fieldset.find("legend", recursive=False)
    return isinstance(legend, Tag) and any(outer is legend for outer in element.parents)
