"""What a browser says over the wire, as pure functions: for tools that are no browser.

``docs/reference/protocol.md`` describes the frames. Everything here is text in, values out, so that
load tools in any style can use it with the WebSocket library that they like.

Example:
    >>> path, frames = attach(html)                       # after a GET of the page
    >>> for frame in frames: await socket.send(frame)     # ws://host + path
    >>> is_ready(await socket.recv())
    True
    >>> await socket.send(event("increment", {"step": 2}, ref=1))
    >>> reply(await socket.recv())
    (1, [[1, 2, "2"]])
"""

from __future__ import annotations

import html as entities
import re
from typing import Any

import msgspec
from djust_vdom import Document

VERSION = 1

_SCRIPT = re.compile(r"<script\b[^>]*\bdata-djust=[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(data-djust(?:-url)?)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""")
_LATER = frozenset({"reply", "push"})


class NotALivePage(ValueError):
    """A page has no script tag of djust."""


def attach(html: str) -> tuple[str, list[str]]:
    """Return where a page opens its socket, and the frames that it sends first.

    Args:
        html: The whole page as the server sent it.

    Raises:
        NotALivePage: There is no script tag with a token in it.
    """
    script = _script(html)
    page = Document(html)
    return script.get("data-djust-url", "/ws/djust/"), [
        join(script["data-djust"], page.node_count, page.structure_hash)
    ]


def token_of(html: str) -> str:
    """Return the token of a page."""
    return _script(html)["data-djust"]


def join(
    token: str, count: int, structure_hash: int, rev: int = 0, ref: int = 0, uri: str = ""
) -> str:
    """Return the frame that attaches, or attaches again after a drop.

    Args:
        token: Of the page.
        count: Numbered nodes of the page.
        structure_hash: Their shape.
        rev: The last revision that the page shows.
        ref: The last event that was answered.
        uri: Path and query of the page, when they are no longer those that it was loaded from.
    """
    return _text(["join", VERSION, token, count, structure_hash, rev, ref, *([uri] if uri else [])])


def is_ready(frame: str) -> bool:
    """Return whether ``frame`` says that events are handled from now on."""
    return bool(_items(frame)[0] == "ready")


def event(name: str, params: dict[str, Any], ref: int, rev: int = 0, target: str = "") -> str:
    """Return the frame that calls a handler.

    Args:
        name: Of the handler.
        params: What it gets.
        ref: 1 for the first event of a page, then 2, 3, … without gaps.
        rev: The last revision that the page shows; the server may forget older frames.
        target: Id of a component; empty: the view.
    """
    return _text(["event", ref, rev, name, params, *([target] if target else [])])


def reply(frame: str) -> tuple[int, list[Any]] | None:
    """Return the number of the event that ``frame`` answers and its ops; None for other frames."""
    items = _items(frame)
    return (items[1], items[3]) if items[0] == "reply" else None


def revision(frame: str) -> int | None:
    """Return the revision that ``frame`` leads to; None for frames without one."""
    items = _items(frame)
    if items[0] in _LATER:
        return int(items[2] if items[0] == "reply" else items[1])
    return int(items[1]) if items[0] in ("ready", "html") else None


def ops(frame: str) -> bytes | None:
    """Return the ops of a frame as JSON; None for frames without any."""
    items = _items(frame)
    if items[0] not in _LATER:
        return None
    return msgspec.json.encode(items[3] if items[0] == "reply" else items[2])


def root(frame: str) -> str | None:
    """Return the whole root that a frame carries; None for other frames."""
    items = _items(frame)
    return str(items[2]) if items[0] == "html" else None


def extra_of(frame: str) -> dict[str, Any]:
    """Return the last item of a frame: events, title, error and what else there is."""
    items = _items(frame)
    last = items[-1]
    return last if isinstance(last, dict) else {}


def _script(html: str) -> dict[str, str]:
    tag = _SCRIPT.search(html)
    if tag is None:
        raise NotALivePage("The page has no script tag of djust.")
    return {
        name: entities.unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(tag[0])
    }


def _items(frame: str) -> list[Any]:
    return msgspec.json.decode(frame, type=list[Any])


def _text(items: list[Any]) -> str:
    return msgspec.json.encode(items, enc_hook=_plain).decode()


def _plain(value: Any) -> str:
    if isinstance(value, str):  # such as text that a template marked as safe
        return "".join(value)
    raise TypeError(f"{type(value).__name__} has no form on the wire: {value!r:.80}")
