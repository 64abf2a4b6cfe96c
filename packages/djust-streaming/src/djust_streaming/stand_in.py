"""What stands for the browser's half of streams in a test client."""

from __future__ import annotations

from html import escape
from typing import Any

from django.test.html import parse_html
from djust_live.extensions import StandIn

from djust_streaming.collections import CLEAR, DELETE, INSERT
from djust_streaming.texts import OPEN


class _Text:
    """A text as it is shown; offsets count UTF-16 units, as a browser's strings do."""

    def __init__(self, epoch: int, after: list[int]) -> None:
        self.epoch = epoch
        self.after = after
        self.units = b""
        self.state = OPEN

    @property
    def shown(self) -> str:
        return self.units.decode("utf-16-le")


class StreamingStandIn(StandIn):
    """Keeps rows and texts as the page shows them, and says what it has."""

    gestures = ("assert_stream_insert", "assert_stream_text")

    def __init__(self, browser: Any) -> None:
        super().__init__(browser)
        self._texts: dict[str, _Text] = {}
        self._rows: dict[str, list[str]] = {}
        self._added: dict[str, list[str]] = {}
        self._log: list[int] | None = None
        self._is_first = True

    # What a test asks

    def assert_stream_insert(self, name: str, expected: str = "", at: int | None = None) -> None:
        """Check that a row was added to a stream, or replaced, since the page was mounted.

        Args:
            name: Of the stream.
            expected: HTML or text that the row contains.
            at: Its place among the rows now; -1: the last.
        """
        self._read_all()
        rows = self._rows.get(name, [])
        if at is not None:
            rows = rows[at:][:1]
        added = self._added.get(name, [])
        if not any(row in added and _contains(row, expected) for row in rows):
            where = "" if at is None else f" at {at}"
            raise AssertionError(
                f"No row with {expected!r} was added to the stream {name!r}{where}. "
                f"Added: {added}. Shown: {self._rows.get(name, [])}"
            )

    def assert_stream_text(self, name: str, text: str, state: str | None = None) -> None:
        """Check what a streamed text is by now.

        Args:
            name: Of the stream.
            text: All of it.
            state: ``streaming``, ``done`` or ``error``; None: any.
        """
        self._read_all()
        known = self._texts.get(name)
        shown, is_now = ("", None) if known is None else (known.shown, known.state)
        if shown != text or state not in (None, is_now):
            wanted = "" if state is None else f" that is {state}"
            raise AssertionError(
                f"The stream {name!r} shows {shown!r} and is {is_now}, not {text!r}{wanted}."
            )

    # What a browser does

    def on_connection(self, is_ready: bool) -> None:
        """Say what is here."""
        if not is_ready:
            return
        if self._is_first:
            self._is_first = False
            for name in self.browser.attributes("dj-stream"):
                self._rows[name] = self.browser.children(_place(name))
        counts = {name: len(rows) for name, rows in self._rows.items()}
        self.browser.send("have", {**self._have(), "counts": counts})

    def on_message(self, verb: str, data: Any) -> None:
        """Show what came, and say so."""
        if verb == "text":
            self._show_text(*data)
        elif verb == "rows":
            self._show_rows(*data)
        elif verb == "stale":
            raise AssertionError("The page shows rows that the server lost; a browser loads again.")
        self.browser.send("ack", self._have())

    def _read_all(self) -> None:
        """Take what is on its way; each answer may let more come."""
        while self.browser.settle():
            pass

    def _have(self) -> dict[str, Any]:
        texts = {name: [text.epoch, len(text.units) // 2] for name, text in self._texts.items()}
        return {"texts": texts, "log": self._log}

    def _show_text(
        self,
        name: str,
        epoch: int,
        offset: int,
        part: str,
        state: str,
        message: str,
        after: list[int] | None = None,
    ) -> None:
        text = self._texts.get(name)
        if text is None or text.epoch != epoch:
            text = self._texts[name] = _Text(epoch, after or [0, 0])
        text.units = text.units[: offset * 2] + part.encode("utf-16-le")
        text.state = state
        self.browser.show(_place(name), escape(text.shown, quote=False))

    def _show_rows(
        self, log: int, number: int, name: str, html: str, changes: list[list[int]] | None
    ) -> None:
        self._log = [log, number]
        if changes is None:
            text = self._texts.get(name)
            if text is None or text.after < [log, number] or text.after[0] != log:
                self._texts.pop(name, None)
                self.browser.show(_place(name), html)
            return
        fresh = iter(self.browser.split(html))
        rows = self._rows.setdefault(name, [])
        for code, place in changes:
            if code == CLEAR:
                rows.clear()
            elif code == DELETE:
                del rows[place]
            else:
                row = next(fresh)
                self._added.setdefault(name, []).append(row)
                rows[place : place + (code != INSERT)] = [row]
        self.browser.show(_place(name), "".join(rows))


def _place(name: str) -> str:
    return f'[dj-stream="{name}"]'


def _contains(row: str, expected: str) -> bool:
    if expected in row:
        return True
    # Django compares HTML without regard to spaces and the order of attributes, but not bare text.
    return "<" in expected and bool(parse_html(row).count(parse_html(expected)))
