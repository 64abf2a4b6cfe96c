"""What leaves a session: numbered, remembered, and held back until it is safe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import override_settings
from djust_live.errors import LiveError, UnknownEvent
from djust_live.outgoing import Outgoing
from djust_live.turn import Outcome

CHANGED = Outcome(ops=b'[[1,2,"x"]]')
NOTHING = Outcome()
SAID = Outcome(extra=b'{"flash":[["info","hi"]]}')


class Line:
    """A connection that keeps what is sent over it."""

    def __init__(self) -> None:
        self.frames: list[Any] = []
        self.codes: list[int] = []
        self.congested = False

    @property
    def scope(self) -> Mapping[str, Any]:
        return {}

    def send(self, frame: str) -> None:
        self.frames.append(json.loads(frame))

    def close(self, code: int) -> None:
        self.codes.append(code)


class Holding:
    """A keeper that holds frames back while it is told to."""

    def __init__(self) -> None:
        self.is_holding = True
        self.held: list[str] = []

    def holds(self, frame: str) -> bool:
        if self.is_holding:
            self.held.append(frame)
        return self.is_holding

    def drop_held(self) -> None:
        self.held.clear()


class Sending:
    """What a session sends, over one line."""

    def __init__(self, rev: int = 0) -> None:
        self.commits: list[int] = []
        self.line = Line()
        self.out = Outgoing(rev, (), lambda: self.commits.append(len(self.line.frames)))
        self.out.connect(self.line)

    @property
    def frames(self) -> list[Any]:
        return self.line.frames


# Revisions


def test_each_change_is_a_revision_and_answers_without_one_carry_the_last() -> None:
    sending = Sending(rev=4)
    sending.out.reply(1, CHANGED)
    sending.out.reply(2, NOTHING)
    sending.out.push(CHANGED)
    sending.out.reply(3, CHANGED)

    ops = [[1, 2, "x"]]
    assert sending.frames == [
        ["reply", 1, 5, ops],
        ["reply", 2, 5, []],
        ["push", 6, ops],
        ["reply", 3, 7, ops],
    ]
    assert sending.out.rev == 7


def test_what_is_said_beside_the_page_leaves_with_the_frame() -> None:
    sending = Sending()
    sending.out.reply(1, SAID)
    sending.out.push(SAID)

    beside = {"flash": [["info", "hi"]]}
    assert sending.frames == [["reply", 1, 0, [], beside], ["push", 1, [], beside]]


def test_a_push_of_nothing_is_not_sent_though_its_turn_is_over() -> None:
    sending = Sending()
    sending.out.push(NOTHING)

    assert sending.frames == []
    assert sending.out.rev == 0
    assert sending.commits == [0]


def test_the_end_of_background_work_is_told_once_although_nothing_changed() -> None:
    sending = Sending()
    sending.out.reply(1, Outcome(extra=b'{"async_pending":true}', pending=True))
    sending.out.push(Outcome(pending=True))
    assert len(sending.frames) == 1
    sending.out.push(NOTHING)
    sending.out.push(NOTHING)

    assert sending.frames[1:] == [["push", 1, []]]


def test_what_led_to_a_frame_is_committed_before_it_leaves() -> None:
    sending = Sending()
    sending.out.reply(1, CHANGED)
    sending.out.push(CHANGED)

    assert sending.commits == [0, 1]


def test_a_root_is_a_revision_and_makes_frames_before_it_useless() -> None:
    sending = Sending()
    sending.out.reply(1, CHANGED)
    sending.out.root("<p>1</p>", NOTHING)
    sending.out.root("<p>2</p>", Outcome(extra=b'{"title":"t"}'))

    assert sending.frames[1] == ["html", 2, "<p>1</p>", {}]
    assert sending.frames[2] == ["html", 3, "<p>2</p>", {"title": "t"}]
    assert sending.out.history.missed(3, 0, 0) is None
    assert sending.out.history.missed(3, 3, 1) == []


def test_ops_that_bring_a_restored_page_up_to_date_are_a_revision_that_can_be_missed() -> None:
    sending = Sending(rev=2)
    frame = sending.out.push_ops(b'[[1,2,"x"]]')

    assert json.loads(frame) == ["push", 3, [[1, 2, "x"]]]
    assert sending.out.rev == 3
    assert sending.frames == []
    assert sending.out.history.missed(3, 2, 0) == [frame]


def test_frames_of_a_checkpoint_can_be_missed_too() -> None:
    out = Outgoing(2, [(1, 1, "first"), (2, 0, "second")], lambda: None)

    assert out.history.missed(2, 0, 0) == ["first", "second"]
    assert out.history.missed(2, 1, 1) == ["second"]


# Answers


def test_an_event_that_comes_twice_is_answered_as_it_was() -> None:
    sending = Sending()
    sending.out.reply(1, CHANGED)
    sending.out.again(1)
    sending.out.again(7)

    assert sending.frames[1] == sending.frames[0]
    assert sending.frames[2] == ["reply", 7, 1, []]


@pytest.mark.parametrize(("is_debug", "text"), [(False, ""), (True, "Nobody is called x.")])
def test_a_refusal_names_its_code_and_in_debug_its_text(is_debug: bool, text: str) -> None:
    sending = Sending()
    with override_settings(DEBUG=is_debug):
        sending.out.refuse(UnknownEvent("Nobody is called x."))
    ((kind, code, told),) = sending.frames
    assert (kind, code) == ("error", "DJL201")
    assert text in told
    assert bool(told) == is_debug


def test_an_event_whose_turn_broke_down_is_answered_with_an_error() -> None:
    sending = Sending(rev=3)
    sending.out.failed(9)

    assert sending.frames == [["reply", 9, 3, [], {"error": {"code": LiveError.code, "text": ""}}]]


def test_answers_that_the_browser_does_not_have_are_owed() -> None:
    sending = Sending()
    for ref in (1, 2, 3):
        sending.out.reply(ref, CHANGED)

    known = [json.loads(frame or "null") for _, frame in sending.out.owed(1, 4)]
    assert [ref for ref, _ in sending.out.owed(1, 4)] == [2, 3, 4]
    assert known == [sending.frames[1], sending.frames[2], None]
    assert sending.out.owed(4, 4) == []


def test_no_more_answers_are_owed_than_are_kept() -> None:
    with override_settings(DJUST={"MAX_HISTORY_FRAMES": 3}):
        sending = Sending()
        assert [ref for ref, _ in sending.out.owed(0, 10)] == [8, 9, 10]


def test_owed_answers_come_without_ops_when_the_whole_root_came() -> None:
    sending = Sending()
    sending.out.reply(1, Outcome(ops=CHANGED.ops, extra=b'{"reply":1}'))
    owed = sending.out.owed(0, 2)
    sending.frames.clear()

    sending.out.settle(owed, is_root_sent=False)
    assert sending.frames == [["reply", 2, 1, []]]

    sending.frames.clear()
    sending.out.settle(owed, is_root_sent=True)
    assert sending.frames == [["reply", 1, 1, [], {"reply": 1}], ["reply", 2, 1, []]]


# Connections


def test_without_a_connection_frames_are_remembered_only() -> None:
    sending = Sending()
    sending.out.disconnect(sending.line)
    sending.out.reply(1, CHANGED)
    sending.out.transmit('["pong"]')

    assert sending.frames == []
    assert sending.out.history.missed(1, 0, 0) == ['["reply",1,1,[[1,2,"x"]]]']


def test_another_connection_takes_over_and_the_one_before_is_closed() -> None:
    sending, second = Sending(), Line()
    sending.out.connect(sending.line)
    assert sending.line.codes == []
    sending.out.connect(second)
    sending.out.push(CHANGED)

    assert sending.line.codes == [4000]
    assert (len(sending.frames), len(second.frames)) == (0, 1)


def test_a_connection_that_was_replaced_cannot_end_the_one_that_is_there() -> None:
    sending, second = Sending(), Line()
    sending.out.connect(second)
    sending.out.disconnect(sending.line)

    assert sending.out.transport is second


def test_a_frame_is_held_until_what_led_to_it_is_safe() -> None:
    sending, keeper = Sending(), Holding()
    sending.out.keeper = keeper  # type: ignore[assignment]
    sending.out.reply(1, CHANGED)
    assert sending.frames == []
    assert keeper.held

    sending.out.transmit(keeper.held[0])
    keeper.is_holding = False
    sending.out.reply(2, NOTHING)
    assert [frame[1] for frame in sending.frames] == [1, 2]


def test_what_was_held_for_a_connection_that_is_gone_is_not_sent_over_the_next() -> None:
    sending, keeper = Sending(), Holding()
    sending.out.keeper = keeper  # type: ignore[assignment]
    sending.out.reply(1, CHANGED)
    sending.out.connect(Line())

    assert keeper.held == []


def test_a_browser_that_reads_slowly_is_known() -> None:
    sending = Sending()
    assert not sending.out.is_congested
    sending.line.congested = True
    assert sending.out.is_congested
    sending.out.disconnect(sending.line)
    assert not sending.out.is_congested
