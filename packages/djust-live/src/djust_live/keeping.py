"""How a session survives its process: by checkpoints, and replies that wait for them."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.functional import empty

from djust_live import page_messages, state
from djust_live.backends import Entry, state_backend
from djust_live.backends.base import first_epoch
from djust_live.checkpoints import Checkpoint, seal
from djust_live.config import config
from djust_live.history import FrameHistory
from djust_live.packing import CannotTravel, Packed, Packer
from djust_live.rows import RowPacker, RowUnpacker
from djust_live.saving import Job, Saved, writer
from djust_live.unpacking import Unpacker

if TYPE_CHECKING:
    from djust_live.extensions import Extension
    from djust_live.live_view import LiveView
    from djust_live.rendering import Renderer

logger = logging.getLogger(__name__)

# Frames that go into a checkpoint, for pages that missed them; beyond that they get the whole root.
_MAX_FRAME_BYTES = 16_384


def is_kept(view: LiveView) -> bool:
    """Return whether checkpoints of ``view`` go where other processes find them."""
    return view.resumable and state_backend().is_shared


class Capture:
    """A view between two turns, taken where the view may be changed."""

    __slots__ = ("extensions", "messages", "page", "state")

    def __init__(self, view: LiveView, renderer: Renderer) -> None:
        self.state = state.dump(view)
        self.extensions = _dump_extensions(view)
        self.page = renderer.snapshot()
        self.messages = page_messages.shown_by(view.request)


def checkpoint_of(
    view: LiveView, capture: Capture, rev: int, ref: int, history: FrameHistory | None
) -> Checkpoint:
    """Return a captured view as a checkpoint."""
    runtime = view._mounted()
    token = runtime.csrf_token
    evaluated = token._wrapped is not empty if hasattr(token, "_wrapped") else True
    return Checkpoint(
        page_id=runtime.page_id,
        view=type(view)._djust_class.label,
        binding=runtime.binding,
        state_version=view.state_version,
        rev=rev,
        ref=ref,
        frames=[] if history is None else history.latest(_MAX_FRAME_BYTES),
        state=capture.state,
        extensions=capture.extensions,
        page=capture.page,
        uri=runtime.uri,
        title=None if runtime.title is None else str(runtime.title),
        topics=list(runtime.topics),
        csrf_token=str(token) if evaluated else None,
        messages=capture.messages,
    )


def publish(view: LiveView, renderer: Renderer) -> int:
    """Let other workers adopt a view that a GET mounted.

    Returns:
        The epoch of its owner; 0 when nobody else can adopt it.
    """
    if not is_kept(view):
        return 0
    try:
        capture = Capture(view, renderer)
    except Exception:
        # What a view holds may be of any kind; it must not stop the page.
        logger.exception("The state of %s cannot be saved", type(view).__qualname__)
        return 0
    epoch = first_epoch()
    writer.submit(Job(checkpoint_of(view, capture, 0, 0, None), epoch, config.ADOPTION_TTL_S))
    return epoch


def sleep(view: LiveView, renderer: Renderer, rev: int, ref: int, history: FrameHistory) -> bool:
    """Keep a view that nobody looks at as bytes in this process; return whether that worked."""
    if not view.resumable:
        return False
    checkpoint = checkpoint_of(view, Capture(view, renderer), rev, ref, history)
    data = seal(checkpoint)
    if len(data) > config.MAX_STATE_BYTES:
        return False
    entry = Entry(checkpoint.page_id, first_epoch(), data, config.STATE_TTL_S)
    return state_backend().write([entry])[0]


class Owner(Protocol):
    """What a keeper needs of its session."""

    def checkpoint(self, capture: Capture) -> Checkpoint:
        """Return the session at this moment."""
        ...

    def transmit(self, frame: str) -> None:
        """Give a frame to the transport, if there is one."""
        ...

    def lost(self) -> None:
        """End: another worker owns the page."""
        ...


class Keeper:
    """Keeps one session in a shared backend.

    A frame that follows the checkpoint of an event leaves when that is written: a browser that has
    a reply may rely on it. What changed without an event is written soon, and no frame waits for
    it. The session goes on with its next turn meanwhile.

    Attributes:
        epoch: Of this owner of the page.
    """

    __slots__ = (
        "_capture",
        "_due",
        "_held",
        "_loop",
        "_owner",
        "_safe",
        "_sent",
        "_waiter",
        "epoch",
    )

    def __init__(self, owner: Owner, epoch: int, loop: asyncio.AbstractEventLoop) -> None:
        self.epoch = epoch
        self._owner = owner
        self._loop = loop
        self._capture: Capture | None = None
        self._held: deque[tuple[int, str]] = deque()
        self._sent = 0
        # The last checkpoint that frames wait for.
        self._due = 0
        self._safe = 0
        self._waiter: asyncio.Future[None] | None = None

    def capture(self, view: LiveView, renderer: Renderer) -> None:
        """Take the view as it is; called where it may be changed."""
        try:
            self._capture = Capture(view, renderer)
        except Exception:
            # What a view holds may be of any kind; it must not stop the reply.
            logger.exception("The state of %s cannot be saved", type(view).__qualname__)

    def commit(self, *, is_event: bool) -> None:
        """Write what was captured, if something was.

        Args:
            is_event: An event led to it, so frames from now on wait until it is written.
        """
        capture, self._capture = self._capture, None
        if capture is None:
            return
        self._sent += 1
        if is_event:
            self._due = self._sent
        told = partial(self._told, self._sent)
        checkpoint = self._owner.checkpoint(capture)
        writer.submit(Job(checkpoint, self.epoch, config.STATE_TTL_S, self._loop, [told]))

    def holds(self, frame: str) -> bool:
        """Keep ``frame`` back when it must wait, and return whether it does."""
        if self._safe >= self._due:
            return False
        self._held.append((self._due, frame))
        return True

    def drop_held(self) -> None:
        """Forget frames that wait: a new connection gets them from the history."""
        self._held.clear()

    async def settled(self) -> None:
        """Wait until everything that was captured is written, or has failed."""
        if self._safe < self._sent:
            self._waiter = self._loop.create_future()
            await self._waiter

    def _told(self, number: int, outcome: Saved) -> None:
        if outcome is Saved.FENCED:
            self._held.clear()
            self._owner.lost()
        self._safe = max(self._safe, number)
        while self._held and self._held[0][0] <= self._safe:
            self._owner.transmit(self._held.popleft()[1])
        if self._waiter is not None and self._safe >= self._sent:
            self._waiter.set_result(None)
            self._waiter = None


def _dump_extensions(view: LiveView) -> dict[str, Packed]:
    dumped = {}
    for namespace, extension in view._mounted().extensions.items():
        data = extension.dump_state()
        if data is not None:
            packed, refused = Packer({}, {}, RowPacker()).dumps({"": data})
            if refused:
                raise CannotTravel(f"{type(extension).__qualname__}.dump_state: {refused['']}")
            dumped[namespace] = packed
    return dumped


def load_extension(extension: Extension, packed: Packed) -> None:
    """Give an extension back what it kept."""
    data: Any = Unpacker(packed, {}, {}, RowUnpacker([])).loads()[""]
    extension.load_state(data)
