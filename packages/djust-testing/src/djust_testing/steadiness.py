"""Whether a view shows the same each time it renders, and stays the same when it does."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from django.db import DEFAULT_DB_ALIAS, connections
from django.test.utils import CaptureQueriesContext
from djust_live import LiveView
from djust_live.state import attributes_of

if TYPE_CHECKING:
    from djust_testing.client import LiveViewTestClient

_PLAIN = (bool, int, float, str, type(None))
_CONTAINERS = (list, dict, set, tuple)
_WRITES = ("INSERT", "UPDATE", "DELETE")


def marks_of(view: LiveView) -> dict[str, Any]:
    """Return what is quickly told of public attributes: plain values, and how long others are."""
    return {
        name: value if type(value) in _PLAIN else (type(value).__name__, len(value))
        for name, value in attributes_of(view).items()
        if not name.startswith("_") and type(value) in (*_PLAIN, *_CONTAINERS)
    }


def mutation(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return what a render has changed in its view; empty: nothing."""
    changed = [name for name, value in after.items() if before.get(name, value) != value]
    if not changed:
        return ""
    shown = ", ".join(f"{name} ({before[name]!r} became {after[name]!r})" for name in changed)
    return f"A render changes the view: {shown}. Change it in handlers."


def is_same(shown: str, fresh: str) -> bool:
    """Return whether two pages are the same tree; the order of attributes means nothing."""
    return shown == fresh or _tree(shown) == _tree(fresh)


def difference(shown: str, fresh: str) -> str:
    """Return what is said of a page that is not what the view renders."""
    lines = difflib.unified_diff(
        shown.replace("><", ">\n<").splitlines(),
        fresh.replace("><", ">\n<").splitlines(),
        "the patched page",
        "a fresh render",
        lineterm="",
    )
    return (
        "The page is not what the view renders. A template that shows something else each time "
        "(random values, the time, a counter in the view) does this.\n" + "\n".join(lines)
    )


def _tree(html: str) -> BeautifulSoup:
    """Return the tree of a page without what the browser keeps as it is."""
    tree = BeautifulSoup(html, "html.parser", multi_valued_attributes=None)
    for element in tree.select("[dj-ignore], [dj-update=ignore], [dj-stream]"):
        element.clear()
    return tree


def change_of(page: LiveViewTestClient, renders: int) -> str:
    """Return how renders of one and the same state differ, or what they change; empty: they do not.

    Raises:
        OutOfStep: The page is not what a render gives.
    """
    first = page.render()
    before = marks_of(page.view)
    with CaptureQueriesContext(connections[DEFAULT_DB_ALIAS]) as captured:
        others = [page.render() for _ in range(renders)]
    changed = mutation(before, marks_of(page.view))
    if changed:
        return changed
    if any(other != first for other in others):
        return "It shows something else each time it renders (random values, the time)."
    writes = [one["sql"] for one in captured.captured_queries if one["sql"].startswith(_WRITES)]
    return f"A render writes to the database: {writes[0]:.200}" if writes else ""
