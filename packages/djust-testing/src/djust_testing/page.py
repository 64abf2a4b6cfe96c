"""The page of a test client: what a browser would show after the frames that arrived."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from bs4 import BeautifulSoup
from djust_vdom import Replica

from djust_testing import wire

_KEYED = re.compile(r"\s(?:dj-key|id)\b")


class OutOfStep(AssertionError):
    """The frames do not fit together: a browser would have to ask for the whole page."""


@dataclass(frozen=True)
class Reply:
    """The answer to one event.

    Attributes:
        ref: The number of the event.
        ops: What changed in the page, as JSON.
        value: What the handler returned.
        code: Why it was refused or failed; empty when it was not.
        text: The same in words; empty unless ``DEBUG``.
    """

    ref: int
    ops: bytes
    value: Any = None
    code: str = ""
    text: str = ""


@dataclass
class Heard:
    """What the server said besides changes of the page, in order.

    Attributes:
        events: Names and payloads of ``push_event``.
        flash: Levels and texts of ``put_flash``.
        patches: Addresses that the page got while it stayed.
        redirects: Where the page was sent.
        reloads: Why the page had to load again.
        patch_bytes: The size of each list of ops that was not empty.
        pending: Background work runs.
    """

    events: list[tuple[str, Any]] = field(default_factory=list)
    flash: list[tuple[str, str]] = field(default_factory=list)
    patches: list[str] = field(default_factory=list)
    redirects: list[str] = field(default_factory=list)
    reloads: list[str] = field(default_factory=list)
    patch_bytes: list[int] = field(default_factory=list)
    pending: bool = False

    def shared(self) -> Heard:
        """Return what a view inside of the page says: to the same page, about itself."""
        return replace(self, reloads=[], pending=False)


# What a browser refuses, to ask for the whole root then.
_CANNOT_SAY = b"[[0]]"


class Page:
    """A page in a browser, as far as frames change it.

    Args:
        html: The page as the server sent it.

    Attributes:
        rev: The revision that it shows.
        ref: The last event that was answered.
        heard: What else was said.
        title: The document's title, once the server has set one.
        is_stale: The server could not say a change in ops: the page has to ask for its root.
    """

    def __init__(self, html: str) -> None:
        self._replica = Replica(html)
        self.rev = 0
        self.ref = 0
        self.heard = Heard()
        self.title: str | None = None
        self.is_ready = False
        self.is_stale = False

    @property
    def html(self) -> str:
        """The root element with everything inside it."""
        return self._replica.root_html

    @property
    def shape(self) -> tuple[int, int]:
        """Count and structure hash, as a browser says them when it attaches."""
        return self._replica.node_count, self._replica.structure_hash

    def take(self, frame: str) -> Reply | None:
        """Do what a frame says, and return the answer when it answers an event.

        Raises:
            OutOfStep: A revision is missing, or an op does not fit the page.
        """
        items = msgspec.json.decode(frame, type=list[Any])
        kind = items[0]
        extra = wire.extra_of(frame)
        reply = None
        if kind == "ready":
            self.is_ready = True
        elif kind == "reply":
            self._patch(items[2], wire.ops(frame) or b"[]")
            self.ref = max(self.ref, items[1])
            error = extra.get("error", {})
            reply = Reply(
                items[1],
                wire.ops(frame) or b"[]",
                extra.get("reply"),
                error.get("code", ""),
                error.get("text", ""),
            )
        elif kind == "push":
            self._patch(items[1], wire.ops(frame) or b"[]")
        elif kind == "html":
            self._replica = Replica(self._as_root(items[2]))
            self.rev = items[1]
            self.is_stale = False
        elif kind == "reload":
            self.heard.reloads.append(items[1])
        self._heed(kind, extra)
        return reply

    def _as_root(self, html: str) -> str:
        """Return the root element; the server leaves out a body that its template does not have."""
        is_body = self.html.startswith("<body")
        return f"<body>{html}</body>" if is_body and not html.startswith("<body") else html

    def _patch(self, rev: int, ops: bytes) -> None:
        if self.is_stale or rev <= self.rev:
            return
        if ops == _CANNOT_SAY:
            self.is_stale = True
            return
        if rev != self.rev + 1:
            raise OutOfStep(f"Revision {rev} came after revision {self.rev}.")
        try:
            self._replica.apply(ops)
        except ValueError as error:
            raise OutOfStep(f"A browser would refuse {ops.decode()}: {error}") from error
        self.rev = rev
        if ops != b"[]":
            self.heard.patch_bytes.append(len(ops))

    def _heed(self, kind: str, extra: dict[str, Any]) -> None:
        heard = self.heard
        heard.events += [(name, payload) for name, payload in extra.get("events", ())]
        if extra.get("flash_clear"):
            heard.flash.clear()
        heard.flash += [(level, text) for level, text, *_ in extra.get("flash", ())]
        if "url" in extra:
            heard.patches.append(extra["url"][0])
        if "url_leave" in extra:
            heard.redirects.append(extra["url_leave"][0])
        if "title" in extra:
            self.title = extra["title"]
        if kind in ("reply", "push", "ready"):
            heard.pending = bool(extra.get("async_pending"))


def check_keys(html: str) -> None:
    """Raise :class:`OutOfStep` when two siblings have the same ``dj-key``, or the same ``id``."""
    if not _KEYED.search(html):
        return
    keyed = BeautifulSoup(html, "html.parser").select("[dj-key], [id]")
    named = [(one, "dj-key" if one.has_attr("dj-key") else "id") for one in keyed]
    found = Counter((id(one.parent), name, str(one[name])) for one, name in named)
    twice = sorted((name, key) for (_, name, key), number in found.items() if number > 1)
    if twice:
        keys = ", ".join(dict.fromkeys(key for _, key in twice))
        raise OutOfStep(
            f"Siblings have the same {twice[0][0]}: {keys}. Typed text and focus would move to the "
            "wrong row."
        )
