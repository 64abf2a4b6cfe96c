from __future__ import annotations

from djust_live.history import FrameHistory


def history(*frames: tuple[int, int]) -> FrameHistory:
    made = FrameHistory(max_frames=10, max_bytes=100)
    for rev, ref in frames:
        made.add(rev, ref, f"{rev}/{ref}")
    return made


def test_frames_after_a_revision_are_missed() -> None:
    assert history((1, 1), (2, 2), (3, 0)).missed(3, 1, 1) == ["2/2", "3/0"]


def test_nothing_is_missed_by_a_page_that_is_up_to_date() -> None:
    assert history((1, 1)).missed(1, 1, 1) == []
    assert history().missed(0, 0, 0) == []


def test_an_answer_without_a_change_is_missed_by_its_event() -> None:
    assert history((1, 1), (1, 2)).missed(1, 1, 1) == ["1/2"]


def test_a_gap_cannot_be_filled() -> None:
    assert history((2, 2), (3, 3)).missed(3, 0, 0) is None


def test_a_page_that_is_ahead_cannot_be_served() -> None:
    assert history((1, 1)).missed(1, 5, 1) is None


def test_acknowledged_frames_are_forgotten() -> None:
    made = history((1, 1), (2, 2), (2, 3), (3, 4))
    made.acknowledge(2)
    assert made.missed(3, 1, 1) == ["2/2", "2/3", "3/4"]
    assert made.missed(3, 0, 0) is None


def test_an_acknowledgement_of_the_future_forgets_everything_else() -> None:
    made = history((1, 1), (2, 2))
    made.acknowledge(10**9)
    assert len(made) == 0


def test_the_oldest_frames_leave_when_there_are_too_many() -> None:
    made = FrameHistory(max_frames=2, max_bytes=1000)
    for rev in (1, 2, 3):
        made.add(rev, rev, "x")
    assert made.missed(3, 0, 0) is None
    assert made.missed(3, 1, 1) == ["x", "x"]


def test_the_oldest_frames_leave_when_they_are_too_long() -> None:
    made = FrameHistory(max_frames=10, max_bytes=10)
    made.add(1, 1, "x" * 8)
    made.add(2, 2, "y" * 8)
    assert len(made) == 1


def test_the_answer_to_an_event_is_found() -> None:
    made = history((1, 1), (2, 2))
    assert made.reply_to(2) == "2/2"
    assert made.reply_to(3) is None
