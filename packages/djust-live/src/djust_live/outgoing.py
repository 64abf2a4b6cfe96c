"""Frames on their way to one browser: numbered, remembered until it has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from djust_live import protocol, turn
from djust_live.config import config
from djust_live.diagnosis import described
from djust_live.errors import LiveError
from djust_live.history import FrameHistory, SentFrame
from djust_live.keeping import Keeper
from djust_live.messages import Transport
from djust_live.protocol import NO_OPS
from djust_live.turn import Outcome


class Outgoing:
    """What a session sends.

    Attributes:
        rev: The revision that the page is at.
        history: Frames that the browser may have missed.
        transport: The connection; None while there is none.
        keeper: Holds frames back until the state that led to them is written.

    Args:
        rev: Where the page starts.
        frames: What a checkpoint kept of the history.
        committed: Called when a turn's frame is about to leave.
    """

    def __init__(
        self,
        rev: int,
        frames: Iterable[SentFrame | tuple[int, int, str]],
        committed: Callable[[], None],
    ) -> None:
        self.rev = rev
        self.history = FrameHistory(config.MAX_HISTORY_FRAMES, config.MAX_HISTORY_BYTES)
        self.transport: Transport | None = None
        self.keeper: Keeper | None = None
        self._committed = committed
        self._said_pending = False
        for frame in frames:
            self.history.add(*frame)

    @property
    def is_congested(self) -> bool:
        """Whether there is a browser that is behind in reading."""
        return self.transport is not None and self.transport.congested

    def reply(self, ref: int, outcome: Outcome) -> None:
        """Answer event ``ref``."""
        if outcome.ops != NO_OPS:
            self.rev += 1
        extra = f",{outcome.extra.decode()}" if outcome.extra else ""
        self._send(ref, f'["reply",{ref},{self.rev},{outcome.ops.decode()}{extra}]', outcome)

    def push(self, outcome: Outcome) -> None:
        """Send what changed without an event, if anything did."""
        settled = self._said_pending and not outcome.pending
        if outcome.ops == NO_OPS and not outcome.extra and not settled:
            self._committed()
            return
        # A push counts even without ops, so that one that was missed is noticed.
        self.rev += 1
        extra = f",{outcome.extra.decode()}" if outcome.extra else ""
        self._send(0, f'["push",{self.rev},{outcome.ops.decode()}{extra}]', outcome)

    def push_ops(self, ops: bytes) -> str:
        """Count ops as a revision of their own and return their frame."""
        self.rev += 1
        frame = protocol.push(self.rev, ops)
        self.history.add(self.rev, 0, frame)
        return frame

    def root(self, text: str, outcome: Outcome) -> None:
        """Send the whole root; frames from before are of no use any more."""
        self.rev += 1
        self.history.clear()
        extra = f",{outcome.extra.decode()}" if outcome.extra else ",{}"
        body = protocol.encode_json(text).decode()
        self.send(f'["html",{self.rev},{body}{extra}]')

    def again(self, ref: int) -> None:
        """Answer an event that was handled before, as it was answered then."""
        known = self.history.reply_to(ref)
        self.send(known or protocol.reply(ref, self.rev, NO_OPS))

    def refuse(self, error: LiveError) -> None:
        """Say why a frame was not handled."""
        told = described(error)
        self.send(protocol.error(told["code"], told["text"]))

    def failed(self, ref: int) -> None:
        """Answer an event whose turn broke down."""
        error = {"error": described(LiveError("The turn failed."))}
        self.send(protocol.encode_json(("reply", ref, self.rev, [], error)).decode())

    def owed(self, ref: int, last: int) -> list[tuple[int, str | None]]:
        """Return the events after ``ref``, up to ``last``, with the answers that are known."""
        first = max(ref, last - config.MAX_HISTORY_FRAMES) + 1
        return [(number, self.history.reply_to(number)) for number in range(first, last + 1)]

    def settle(self, owed: list[tuple[int, str | None]], is_root_sent: bool) -> None:
        """Answer events whose answers the browser would not get otherwise.

        Args:
            owed: What :meth:`owed` returned.
            is_root_sent: The browser has the page of now, so ops would come twice.
        """
        for number, known in owed:
            if known is None:
                self.send(protocol.reply(number, self.rev, NO_OPS))
            elif is_root_sent:
                self.send(protocol.without_ops(known, self.rev))

    def send(self, frame: str) -> None:
        """Send a frame, once what led to it is safe."""
        if self.transport is not None and (self.keeper is None or not self.keeper.holds(frame)):
            self.transport.send(frame)

    def transmit(self, frame: str) -> None:
        """Send a frame that is safe."""
        if self.transport is not None:
            self.transport.send(frame)

    def connect(self, transport: Transport) -> None:
        """Send through another connection from now on, and close the one before."""
        old, self.transport = self.transport, transport
        if self.keeper is not None:
            self.keeper.drop_held()
        if old is not None and old is not transport:
            old.close(4000)

    def disconnect(self, transport: Transport) -> None:
        """Send nothing more over a connection that another page takes."""
        if self.transport is transport:
            self.transport = None

    def _send(self, ref: int, frame: str, outcome: Outcome) -> None:
        self._said_pending = outcome.pending
        self.history.add(self.rev, ref, frame)
        self._committed()
        self.send(frame)


def ready(view: Any, rev: int, ref: int, is_first: bool) -> str:
    """Return the frame that greets a browser; the first time with what the mount wanted to say."""
    extra: dict[str, Any] = {}
    if is_first:
        outcome = turn.collect(view)
        if outcome.extra:
            extra = protocol.decode_extra(outcome.extra)
    view_class = type(view)._djust_class
    if not view._mounted().steps:  # the element of a nested view has its own
        if view_class.policies:
            extra["policies"] = view_class.policies
        if view_class.optimistic:
            extra["optimistic"] = view_class.optimistic
    return protocol.ready(rev, ref, extra)
