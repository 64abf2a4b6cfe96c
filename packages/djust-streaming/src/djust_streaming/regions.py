"""Find the inside of elements with ``dj-stream`` in the text of a page."""

from __future__ import annotations

import html
import re
from collections.abc import Collection

_TAG = re.compile(
    r"<!--.*?-->|<(script|style|textarea|title)\b.*?</\1\s*>"
    r"""|<(?P<close>/?)(?P<name>[a-z][^\s/>]*)(?P<attributes>(?:"[^"]*"|'[^']*'|[^"'>])*)>""",
    re.DOTALL | re.IGNORECASE,
)
_STREAM = re.compile(r"""\sdj-stream\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def regions(page: str, names: Collection[str]) -> dict[str, str]:
    """Return the inner HTML of the first element of each name."""
    found: dict[str, str] = {}
    # The element that is open: its stream, its tag, where its inside starts, how deep we are.
    stream, tag, start, depth = "", "", 0, 0
    for match in _TAG.finditer(page):
        name = match["name"]
        if name is None:
            continue
        if stream:
            if name.lower() == tag:
                depth += -1 if match["close"] else 1
            if not depth:
                found[stream] = page[start : match.start()]
                stream = ""
            continue
        named = None if match["close"] else _STREAM.search(match["attributes"])
        if named is not None:
            value = html.unescape(next(group for group in named.groups() if group is not None))
            if value in names and value not in found:
                stream, tag, start, depth = value, name.lower(), match.end(), 1
    return found
