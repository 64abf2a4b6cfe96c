"""The extension behind :class:`~djust_streaming.StreamingMixin`: what the browser is owed."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, Any

from django.utils.html import conditional_escape
from djust_live.background_work import current_task
from djust_live.extensions import Extension, Port

from djust_streaming.collections import CLEAR, INSERT, Collection
from djust_streaming.config import config
from djust_streaming.errors import StreamOverflow, UnknownStream
from djust_streaming.rows import Entry, RowLog, entry_of, render_rows
from djust_streaming.texts import DONE, ERROR, OPEN, Text
from djust_streaming.undo import Operation, Undo

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

logger = logging.getLogger(__name__)

# Pieces that come faster than a screen shows them leave together.
_INTERVAL_S = 0.016
# The longest part of a text in one message.
_PART_CHARS = 32_768


class StreamingExtension(Extension):
    """Sends streams to one browser, as fast as that reads and no faster.

    Everything is kept until the browser says that it has it. After a drop or a restart it says how
    far it is, and sending goes on from there.
    """

    namespace = "streaming"
    module = "djust/src/streaming.js"
    stand_in = "djust_streaming.stand_in.StreamingStandIn"

    def __init__(self, view: LiveView, port: Port) -> None:
        super().__init__(view, port)
        self._lock = threading.RLock()
        self._room = threading.Condition(self._lock)
        self._waiting: list[asyncio.Future[None]] = []
        self._texts: dict[str, Text] = {}
        self._collections: dict[str, Collection] = {}
        self._log = RowLog()
        self._undo: Undo | None = None
        # Characters of texts that are kept; the log counts its own.
        self._held = 0
        # The rows of the first page, until the browser says that it has that page.
        self._first: dict[str, list[Any]] | None = {}
        # The first page went elsewhere: its rows go in front of the log.
        self._again: dict[str, list[Any]] | None = None
        self._is_shown = False
        # Streams that were said to have no element.
        self._missed: set[str] = set()
        self._rendering: dict[str, list[Any]] | None = None
        self._is_greeted = False
        self._is_scheduled = False
        self._is_over = False
        self._next_at = 0.0

    # What the mixin asks for; from any thread

    def change(self, name: str, operation: Operation) -> None:
        """Change a collection, made when it is new, and see that its rows are rendered.

        The turn that runs renders them, else one of its own. When the handler that asked for it
        raises, it is taken back; what background work has asked for stays.
        """
        with self._lock:
            found = self._collections.get(name)
            if self._undo is not None:
                self._undo.note(name, found, operation, is_own=current_task() is None)
            if found is None:
                found = self._collections[name] = Collection(None, None)
            operation(found)
        self.port.request_render()

    def known(self, name: str) -> Collection:
        """Return a collection that ``stream()`` has named.

        Raises:
            UnknownStream: It has not (``DJS101``).
        """
        found = self._collections.get(name)
        if found is None or not found.is_usable:
            raise UnknownStream(f"{type(self.view).__qualname__} has no stream called {name!r}.")
        return found

    def check_room(self) -> None:
        """See that more rows may be kept.

        Raises:
            StreamOverflow: They may not (``DJS102``).
        """
        waiting = sum(len(each.changes) for each in list(self._collections.values()))
        undo = self._undo
        size = self._log.size + (0 if undo is None else sum(len(each[1]) for each in undo.entries))
        if size + 16 * waiting > config.STREAM_BUFFER_CHARS:
            raise StreamOverflow(
                f"{size} characters of rows and {waiting} more rows wait for the browser."
            )

    def start(self, name: str, text: str = "") -> None:
        """Begin another text under ``name``."""
        with self._lock:
            self._forget(name)
        self.append(name, text)

    def append(self, name: str, text: str) -> None:
        """Add to a text.

        Raises:
            StreamOverflow: There is no room, and the caller is not one that can wait (``DJS102``).
        """
        text = str(text)
        with self._lock:
            if not self._has_room() and not (self._may_wait() and self._wait_for_room()):
                raise StreamOverflow(f"{self._held} characters of text wait for the browser.")
            stream = self._text(name)
            self._held += stream.append(text)
            stream.turn(OPEN)
        self._schedule()

    def finish(self, name: str, state: str, message: str = "") -> None:
        """Say that a text is complete, or why it is not."""
        with self._lock:
            self._text(name).turn(state, message)
        self._schedule()

    def replace_html(self, name: str, html: Any) -> None:
        """Make ``html`` all that an element holds."""
        with self._lock:
            self.check_room()
            entry = (name, str(conditional_escape(html)), None)
            if self._undo is not None and current_task() is None:
                self._undo.entries.append(entry)
            else:
                self._show_html(entry)
        self._schedule()

    def settle(self) -> None:
        """Let what was changed until now stay, whatever comes."""
        with self._lock:
            undo, self._undo = self._undo, None
            for entry in undo.entries if undo is not None else ():
                self._show_html(entry)
        if undo is not None and undo.entries:
            self._schedule()

    async def room(self) -> None:
        """Wait until more text may be added.

        Raises:
            StreamOverflow: The browser took nothing for too long (``DJS102``).
        """
        loop = asyncio.get_running_loop()
        while not self._has_room():
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiting.append(waiter)
            done, _ = await asyncio.wait({waiter}, timeout=config.STREAM_STALL_S)
            if not done or self._is_over:
                raise StreamOverflow("The browser took nothing for too long.")

    # Hooks

    async def on_attach(self) -> None:
        """Wait until the browser says what it has."""
        self._is_greeted = False

    async def on_detach(self) -> None:
        """Keep everything until it comes back."""
        self._is_greeted = False

    async def on_message(self, verb: str, data: Any) -> None:
        """Take what the browser has: of its own after an attach, then after each message."""
        if not isinstance(data, dict):
            return
        with self._lock:
            if verb == "have":
                self._greet(data)
            elif verb == "ack":
                self._acknowledge(data)
            self._tell_room()
        self._schedule()

    async def on_unmount(self, reason: str) -> None:
        """Let nobody wait any longer."""
        with self._lock:
            self._is_over = True
            self._tell_room()

    def context(self) -> dict[str, Any]:
        """Return the items of rows that are to be rendered; called before each render."""
        if self._rendering is not None:
            return {"streams": self._rendering}
        with self._lock:
            if not self._is_shown:
                self._is_shown = True
                self._first = {name: each.shown() for name, each in self._collections.items()}
                return {"streams": self._first}
            if self._again is not None:
                self._render_again()
            self._render_changes()
            self.settle()
        self._schedule()
        return {"streams": {}}

    def on_discard(self) -> None:
        """Show the first rows again, in the page that follows."""
        with self._lock:
            self._is_shown = False
            for name, items in (self._first or {}).items():
                self._collections[name].show_again(items)

    def before_call(self) -> None:
        """Remember from now on what can be taken back."""
        with self._lock:
            self.settle()
            self._undo = Undo()

    def roll_back(self) -> None:
        """Take back rows and HTML; a text is read while it is written, so that stays."""
        with self._lock:
            undo, self._undo = self._undo, None
            if undo is not None:
                undo.take_back(self._collections)

    def dump_state(self) -> Any:
        """Return keys, and what the browser does not have yet."""
        with self._lock:
            self.settle()
            if self._is_shown:
                # For a reader that is behind nothing was rendered yet, and items are not kept.
                self._render_changes()
            if not self._collections and not self._texts and not self._log.end:
                return None
            return {
                "log": self._log.dump(),
                "texts": {name: text.dump() for name, text in self._texts.items()},
                "collections": {
                    name: [each.key, each.limit, each.keys]
                    for name, each in self._collections.items()
                },
            }

    def load_state(self, data: Any) -> None:
        """Go on with what :meth:`dump_state` gave."""
        self._log = RowLog.load(data["log"])
        self._texts = {name: Text.load(each) for name, each in data["texts"].items()}
        self._collections = {name: Collection(*each) for name, each in data["collections"].items()}
        self._held = sum(each.end - each.base for each in self._texts.values())
        # The browser has the first page: only changes are to be rendered.
        self._is_shown = True
        self._first = None

    # Inside

    def _render_changes(self) -> None:
        changed = {name: each for name, each in self._collections.items() if each.changes}
        if not changed:
            return
        items = {
            name: [item for code, _, item in each.changes if code < CLEAR and item is not None]
            for name, each in changed.items()
        }
        html = self._rendered({name: rows for name, rows in items.items() if rows})
        for name, each in changed.items():
            if items[name] and name not in html:
                self._miss(name)
                continue
            self._log.add(entry_of(name, html.get(name, ""), each.changes))
            each.changes = []

    def _render_again(self) -> None:
        again, self._again = self._again or {}, None
        html = self._rendered({name: rows for name, rows in again.items() if rows})
        entries: list[Entry] = []
        for name, rows in again.items():
            changes = [(CLEAR, 0, None), *((INSERT, place, None) for place in range(len(rows)))]
            entries.append(entry_of(name, html.get(name, ""), changes))
        self._log.put_first(entries)
        for text in self._texts.values():
            text.after += len(entries)

    def _miss(self, name: str) -> None:
        """Keep rows for later, when their element is shown; say so once."""
        if name not in self._missed:
            self._missed.add(name)
            logger.warning(
                '%s: rows of the stream %s wait until an element with dj-stream="%s" is shown',
                type(self.view).__qualname__,
                name,
                name,
            )

    def _rendered(self, items: dict[str, list[Any]]) -> dict[str, str]:
        if not items:
            return {}
        self._rendering = items
        try:
            return render_rows(self.view, set(items))
        finally:
            self._rendering = None

    def _greet(self, data: dict[str, Any]) -> None:
        """Find out where the browser is, and go on from there."""
        texts = data.get("texts")
        texts = texts if isinstance(texts, dict) else {}
        for name, stream in self._texts.items():
            epoch, at = _pair(texts.get(name))
            self._held -= stream.resume(at if epoch == stream.epoch else None)
        self._end_lost(texts, data.get("open"))
        log, number = _pair(data.get("log"))
        first, self._first = self._first, None
        if first is not None:
            counts = data.get("counts")
            shown = counts if isinstance(counts, dict) else {}
            # The browser also counts elements that hold text.
            is_lacking = any(shown.get(name) != len(rows) for name, rows in first.items())
            if log is not None or is_lacking:
                self._again = first
                self.port.request_render()
        elif self._log.resume(number if log == self._log.name else 0) is None:
            # It shows rows that were lost with the process that made them.
            self.port.send("stale", None)
            return
        self._is_greeted = True

    def _end_lost(self, texts: dict[str, Any], names: Any) -> None:
        """End texts that the browser takes for open; they went with a process that never saved."""
        for name in names if isinstance(names, list) else ():
            epoch, at = _pair(texts.get(name)) if isinstance(name, str) else (None, None)
            is_replaced = self._log.has_html(name)
            if epoch is not None and name not in self._texts and not is_replaced:
                self.port.send_now("text", [name, epoch, at, "", ERROR, ""])

    def _acknowledge(self, data: dict[str, Any]) -> None:
        texts = data.get("texts")
        for name, entry in texts.items() if isinstance(texts, dict) else ():
            epoch, at = _pair(entry)
            stream = self._texts.get(name)
            if stream is not None and stream.epoch == epoch and at is not None:
                self._held -= stream.acknowledge(at)
        log, number = _pair(data.get("log"))
        if log == self._log.name and number is not None:
            self._log.acknowledge(number)

    def _text(self, name: str) -> Text:
        """Return the text under a name, begun when there is none; HTML before it is of the past."""
        undo = self._undo
        if undo is not None and undo.forget(name):
            self._forget(name)
        text = self._texts.get(name)
        if text is None:
            text = self._texts[name] = Text(self._log.end)
        return text

    def _show_html(self, entry: Entry) -> None:
        """Let HTML take the place of the text in its element, and end that."""
        name = entry[0]
        text = self._texts.get(name)
        if text is not None and self._is_greeted:
            state = DONE if text.state == OPEN else text.state
            self._tell_text(name, text, text.sent, "", state, text.message)
        self._forget(name)
        self._log.add(entry)

    def _forget(self, name: str) -> None:
        stream = self._texts.pop(name, None)
        if stream is not None:
            self._held -= stream.end - stream.base
            self._tell_room()

    # Flow

    def _has_room(self) -> bool:
        return self._is_over or self._held < config.STREAM_BUFFER_CHARS

    def _may_wait(self) -> bool:
        """Whether the caller is a thread of its own, whose waiting stops nothing else."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return current_task() is not None
        return False

    def _wait_for_room(self) -> bool:
        return self._room.wait_for(self._has_room, config.STREAM_STALL_S) and not self._is_over

    def _tell_room(self) -> None:
        if self._has_room():
            self._room.notify_all()
            waiting, self._waiting = self._waiting, []
            for waiter in waiting:
                waiter.get_loop().call_soon_threadsafe(_wake, waiter)

    def _schedule(self) -> None:
        with self._lock:
            if self._is_scheduled or not self._is_greeted or self._is_over:
                return
            self._is_scheduled = True
        self.port.spawn(self._pump())

    async def _pump(self) -> None:
        """Send what there is, after a moment in which more may come."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._next_at - loop.time()))
        self._next_at = loop.time() + _INTERVAL_S
        with self._lock:
            self._is_scheduled = False
            if self._is_greeted:
                self._send_all()

    def _send_all(self) -> None:
        room = config.STREAM_WINDOW_CHARS - self._log.in_flight()
        room -= sum(each.sent - each.base for each in self._texts.values())
        while self._again is None and self._log.sent < self._log.end and room > 0:
            message, size = self._log.take()
            room -= size
            self.port.send("rows", message)
        for name, text in self._texts.items():
            while room > 0 and text.sent < text.end:
                offset, part = text.take(max(2, min(room, _PART_CHARS)))
                room -= len(part)
                self._send_text(name, text, offset, part)
            if text.sent == text.end and not text.is_told:
                self._send_text(name, text, *text.take(0))

    def _send_text(self, name: str, text: Text, offset: int, part: str) -> None:
        is_last = text.sent == text.end
        state, message = (text.state, text.message) if is_last else (OPEN, "")
        self._tell_text(name, text, offset, part, state, message)

    def _tell_text(
        self, name: str, text: Text, offset: int, part: str, state: str, message: str
    ) -> None:
        after = [[self._log.name, text.after]] if text.after else []
        self.port.send_now("text", [name, text.epoch, offset, part, state, message, *after])


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


def _pair(value: Any) -> tuple[int | None, int]:
    """Return two numbers of the browser's, or none when it sent something else."""
    if (
        isinstance(value, list)
        and len(value) == 2
        and type(value[0]) is int
        and type(value[1]) is int
    ):
        return value[0], value[1]
    return None, 0
