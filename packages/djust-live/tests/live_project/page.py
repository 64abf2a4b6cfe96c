"""What a browser's client does with frames, without a network: pure, so that a test can be one."""

from __future__ import annotations

from typing import Any

from djust_live.protocol import encode_json
from djust_testing import wire
from djust_vdom import Replica


class ClientPage:
    """One page: its tree, its revision, and its events without an answer.

    Attributes:
        answers: Last items of replies, by event.
        out: Frames to send now.
    """

    def __init__(self, html: str) -> None:
        self.replica = Replica(html)
        self.token = wire.token_of(html)
        self.rev = 0
        self.ref = 0
        self.answered = 0
        self.is_ready = False
        self.is_stale = False
        self.calls: dict[int, tuple[str, dict[str, Any]]] = {}
        self.answers: dict[int, dict[str, Any]] = {}
        self.out: list[list[Any]] = []
        self.roots = 0
        self.is_away = False

    def join(self) -> str:
        """Return the first frame of a new connection."""
        self.is_ready = False
        self.out.clear()
        tree = self.replica
        return wire.join(self.token, tree.node_count, tree.structure_hash, self.rev, self.answered)

    def call(self, name: str, params: dict[str, Any]) -> int:
        """Send an event, now or once the page is attached, and return its number."""
        self.ref += 1
        self.calls[self.ref] = (name, params)
        if self.is_ready:
            self._transmit(self.ref)
        return self.ref

    def receive(self, frame: list[Any]) -> None:
        """Take a frame of the server."""
        kind = frame[0]
        if kind == "ready":
            self.is_ready = True
            for ref in sorted(self.calls):
                if ref > frame[2]:
                    self._transmit(ref)
            if self.is_stale:
                self.out.append(["resync", self.rev])
        elif kind == "reply":
            _, ref, rev, ops, *extra = frame
            self._patch(rev, ops)
            if self.calls.pop(ref, None) is not None:
                assert ref not in self.answers, f"event {ref} was answered twice"
                self.answers[ref] = extra[0] if extra else {}
            self.answered = max(self.answered, ref)
            assert not any(pending < ref for pending in self.calls), f"passed over before {ref}"
        elif kind == "push":
            self._patch(frame[1], frame[2])
        elif kind == "html":
            self.replica, self.rev, self.is_stale = Replica(frame[2]), frame[1], False
            self.roots += 1
        elif kind == "drain":
            self.is_away = True
        else:
            raise AssertionError(f"unexpected: {frame}")

    def _transmit(self, ref: int) -> None:
        name, params = self.calls[ref]
        self.out.append(["event", ref, self.rev, name, params])

    def _patch(self, rev: int, ops: list[Any]) -> None:
        if self.is_stale or rev <= self.rev:
            return
        assert rev == self.rev + 1, f"a gap: {rev} after {self.rev}"
        self.replica.apply(encode_json(ops))
        self.rev = rev
