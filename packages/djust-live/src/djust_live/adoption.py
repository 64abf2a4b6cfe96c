"""The waiting room: views that a GET mounted and whose socket has not come yet."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from djust_live.live_view import LiveView
    from djust_live.rendering import Renderer


@dataclass(slots=True)
class Mounted:
    """A view with the page that it made.

    Attributes:
        view: The view.
        renderer: Its page.
        size_bytes: Of the page's text.
        epoch: Under which the state backend knows it; 0: it does not.
    """

    view: LiveView
    renderer: Renderer
    size_bytes: int
    epoch: int = 0


@dataclass(slots=True)
class Restored:
    """How a view that came from a checkpoint goes on.

    Attributes:
        frames: Revision, event and text of frames that the browser may have missed.
        ops: What brings the page of the checkpoint up to date; None: only the whole root does.
    """

    frames: list[tuple[int, int, str]]
    ops: bytes | None


class WaitingRoom:
    """Views by page, for a bounded number of views, bytes and seconds.

    What does not fit leaves oldest first; its page mounts again when it attaches after all. GETs
    run in other threads than sockets, so every access takes the lock.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._views: OrderedDict[bytes, tuple[float, Mounted]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._views)

    @property
    def size_bytes(self) -> int:
        """Bytes of the pages that wait."""
        return self._bytes

    def put(
        self, page_id: bytes, mounted: Mounted, *, ttl_s: float, max_views: int, max_bytes: int
    ) -> list[Mounted]:
        """Let a view wait and return those that had to leave."""
        now = self._clock()
        with self._lock:
            self._views[page_id] = (now + ttl_s, mounted)
            self._bytes += mounted.size_bytes
            gone = []
            while self._views:
                expires, _ = next(iter(self._views.values()))
                if expires > now and len(self._views) <= max_views and self._bytes <= max_bytes:
                    break
                gone.append(self._remove(next(iter(self._views))))
        return gone

    def take(self, page_id: bytes) -> Mounted | None:
        """Return the view of a page, once; None when it is not there or came too late."""
        with self._lock:
            entry = self._views.get(page_id)
            if entry is None:
                return None
            mounted = self._remove(page_id)
        return mounted if entry[0] > self._clock() else None

    def sweep(self) -> list[Mounted]:
        """Remove and return the views whose time is over."""
        now = self._clock()
        gone = []
        with self._lock:
            for page_id in [key for key, (expires, _) in self._views.items() if expires <= now]:
                gone.append(self._remove(page_id))
        return gone

    def clear(self) -> None:
        """Remove all views."""
        with self._lock:
            self._views.clear()
            self._bytes = 0

    def _remove(self, page_id: bytes) -> Mounted:
        _, mounted = self._views.pop(page_id)
        self._bytes -= mounted.size_bytes
        return mounted


waiting_room = WaitingRoom()
