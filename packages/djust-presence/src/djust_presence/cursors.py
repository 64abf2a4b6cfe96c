"""Where the others point: pointers, selections and typing, from browser to browser.

A browser says where its pointer is, as fractions of the element with ``dj-cursors``; the server
passes on who it is and tells each browser about all others at most every ``CURSOR_INTERVAL_S``.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar, TypedDict, cast

from djust_live import LiveView
from djust_live.extensions import Extension

from djust_presence.config import config
from djust_presence.errors import BadCursor, NoPresenceKey
from djust_presence.extension import PresenceExtension, key_of
from djust_presence.mixin import PresenceMixin
from djust_presence.rooms import Difference, topic_of

# More than a person can follow on one page.
MAX_CURSORS = 100
_MAX_BOXES = 8
_MAX_NAME = 60
# A cursor that has not moved for so long is of nobody who is there.
_TTL_S = 3_600.0


class Cursor(TypedDict):
    """Where somebody points: ``x`` and ``y`` from 0 to 1 within the element with ``dj-cursors``."""

    x: float
    y: float
    meta: dict[str, Any]


class CursorTracker:
    """The last place of everybody's cursor in this process; may be used from any thread.

    Args:
        clock: Seconds; never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, dict[str, tuple[float, Cursor]]] = {}

    def update_cursor(
        self, key: str, user: str, x: float, y: float, meta: dict[str, Any] | None = None
    ) -> Cursor:
        """Move somebody's cursor and return it.

        Args:
            key: With whom it is shared.
            user: Whose it is.
            x: From 0, left, to 1, right; what is outside comes to the edge.
            y: From 0, top, to 1, bottom.
            meta: What is shown with it.

        Raises:
            BadCursor: ``x`` or ``y`` is no number (``DJP301``).
        """
        cursor = Cursor(x=_fraction(x), y=_fraction(y), meta=meta or {})
        now = self._clock()
        with self._lock:
            cursors = self._keys.setdefault(key, {})
            cursors.pop(user, None)
            cursors[user] = (now, cursor)
            oldest = next(iter(cursors))
            if len(cursors) > MAX_CURSORS or cursors[oldest][0] < now - _TTL_S:
                del cursors[oldest]
        return cursor

    def get_cursors(self, key: str) -> dict[str, Cursor]:
        """Return the cursors by user, those that moved last last."""
        with self._lock:
            return {user: cursor for user, (_, cursor) in self._keys.get(key, {}).items()}

    def remove_cursor(self, key: str, user: str) -> None:
        """Forget somebody's cursor."""
        with self._lock:
            cursors = self._keys.get(key, {})
            cursors.pop(user, None)
            if not cursors:
                self._keys.pop(key, None)


tracker = CursorTracker()


class CursorExtension(Extension):
    """Passes cursors between one browser and the others."""

    namespace = "cursors"
    module = "djust/src/cursors.js"
    view: LiveCursorMixin

    def __init__(self, view: Any, port: Any) -> None:
        super().__init__(view, port)
        self._key: str | None = None
        self._user = ""
        # What the browser has not been told yet; None: the cursor is gone.
        self._news: dict[str, list[Any] | None] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def on_mount(self) -> None:
        """Hear of those who leave."""
        PresenceExtension.of(self.view).on_change.append(self._on_presence)

    async def on_attach(self) -> None:
        """Tell the browser of the cursors that are there."""
        self._follow()
        if self._key is not None:
            for user, cursor in tracker.get_cursors(self._key).items():
                self._note(user, _wire(cursor))

    async def on_detach(self) -> None:
        """Take the cursor away from the others."""
        self._stop()
        self._leave()

    async def on_message(self, verb: str, data: Any) -> None:
        """Take what the browser says of its cursor."""
        self._follow()
        key = self._key
        if key is None:
            return
        if verb == "leave":
            self._leave()
            return
        x, y, boxes, is_typing = _parsed(data)
        name = self.view.get_cursor_name()[:_MAX_NAME]
        meta = {"name": name, "boxes": boxes, "typing": is_typing}
        self.view.update_cursor(key, self._user, x, y, meta)

    async def on_info(self, verb: str, data: Any) -> bool:
        """Take somebody's cursor."""
        user, cursor = data
        if self._key is not None and user != self._user:
            if cursor is None:
                tracker.remove_cursor(self._key, user)
                self._note(user, None)
            else:
                x, y, meta = cursor
                tracker.update_cursor(self._key, user, x, y, meta)
                self._note(user, _wire(Cursor(x=x, y=y, meta=meta)))
        return True

    async def on_unmount(self, reason: str) -> None:
        """The page is gone."""
        self._stop()
        self._leave()

    def tell(self, key: str, user: str, cursor: Cursor | None) -> None:
        """Tell all browsers with this key."""
        data = None if cursor is None else [cursor["x"], cursor["y"], cursor["meta"]]
        self.port.broadcast(topic_of(key), "cursor", [user, data])

    def _follow(self) -> None:
        try:
            key = key_of(self.view)
        except NoPresenceKey:
            return  # until the view says with whom it shares its presence
        if key != self._key:
            if self._key is not None:
                self._leave()
                self.port.leave(topic_of(self._key))
            self._key = key
            self._user = self.view.get_presence_user_id()
            self.port.join(topic_of(key))

    def _leave(self) -> None:
        if self._key is not None and self._user in tracker.get_cursors(self._key):
            self.view.remove_cursor(self._key, self._user)

    def _on_presence(self, difference: Difference) -> None:
        kind, presence = difference
        if kind == "leave" and self._key is not None:
            user = presence["id"]
            tracker.remove_cursor(self._key, user)
            self.port.spawn(self._gone(user))

    async def _gone(self, user: str) -> None:
        self._note(user, None)

    def _note(self, user: str, cursor: list[Any] | None) -> None:
        """Remember the last news of each, and send all together; called on the event loop."""
        if user == self._user:
            return
        self._news.pop(user, None)
        self._news[user] = cursor
        if len(self._news) > 2 * MAX_CURSORS:
            del self._news[next(iter(self._news))]
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(config.CURSOR_INTERVAL_S, self._flush)

    def _flush(self) -> None:
        self._timer = None
        if self._news and self.port.connected:
            news, self._news = self._news, {}
            self.port.send("cursors", news)

    def _stop(self) -> None:
        self._news.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class LiveCursorMixin(PresenceMixin):
    """Shows the others' cursors inside the element with ``dj-cursors``, each with a name.

    Who shares cursors is who shares presence: see ``presence_key``. Selections and typing inside
    the element are shown in the same way.
    """

    extensions: ClassVar[tuple[type[Extension], ...]] = (CursorExtension,)

    def get_cursor_name(self) -> str:
        """Return what stands at the visitor's cursor: their name as the others know it."""
        name = PresenceExtension.of(cast(LiveView, self)).meta.get("name")
        if name:
            return str(name)
        user = getattr(self.request, "user", None)
        return user.get_username() if user is not None and user.is_authenticated else "Guest"

    def update_cursor(
        self, key: str, user: str, x: float, y: float, meta: dict[str, Any] | None = None
    ) -> None:
        """Move somebody's cursor, in all browsers: see :meth:`CursorTracker.update_cursor`.

        Called with each move of the visitor's pointer; override it to do more, or nothing.
        """
        cursor = tracker.update_cursor(key, user, x, y, meta)
        CursorExtension.of(self).tell(key, user, cursor)

    def get_cursors(self, key: str | None = None) -> dict[str, Cursor]:
        """Return the cursors by user; those that share the view's key by default."""
        return tracker.get_cursors(key_of(self) if key is None else key)

    def remove_cursor(self, key: str, user: str) -> None:
        """Take somebody's cursor away, in all browsers."""
        tracker.remove_cursor(key, user)
        CursorExtension.of(self).tell(key, user, None)


def _wire(cursor: Cursor) -> list[Any]:
    meta = cursor["meta"]
    return [
        cursor["x"],
        cursor["y"],
        meta.get("name", ""),
        meta.get("boxes") or [],
        bool(meta.get("typing")),
    ]


def _parsed(data: Any) -> tuple[float, float, list[list[float]], bool]:
    """Return what the client module has sent: x, y, boxes of the selection, typing.

    Raises:
        BadCursor: It has another shape (``DJP301``).
    """
    if not isinstance(data, list) or len(data) != 4 or not isinstance(data[2], list):
        raise BadCursor("A cursor is [x, y, boxes, typing].")
    x, y, boxes, is_typing = data
    if len(boxes) > _MAX_BOXES or not all(isinstance(box, list) and len(box) == 4 for box in boxes):
        raise BadCursor(f"A selection is at most {_MAX_BOXES} boxes of four numbers.")
    return (
        _fraction(x),
        _fraction(y),
        [[_fraction(side) for side in box] for box in boxes],
        is_typing is True,
    )


def _fraction(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise BadCursor("A place is a number from 0 to 1.")
    return round(min(1.0, max(0.0, float(value))), 4)
