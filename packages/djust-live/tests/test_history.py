from __future__ import annotations

from djust_live.history import FrameHistory
from hypothesis import given
from hypothesis import strategies as st


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


def test_frames_that_fill_the_room_exactly_stay() -> None:
    made = FrameHistory(max_frames=10, max_bytes=10)
    made.add(1, 1, "x" * 4)
    made.add(2, 2, "y" * 6)
    assert len(made) == 2
    made.add(3, 3, "z")
    assert made.missed(3, 1, 1) == ["y" * 6, "z"]


def test_an_emptied_history_has_all_its_room_again() -> None:
    made = FrameHistory(max_frames=10, max_bytes=10)
    made.add(1, 1, "x" * 7)
    made.clear()
    assert len(made) == 0
    made.add(2, 2, "y" * 10)
    assert made.missed(2, 1, 1) == ["y" * 10]


def test_the_latest_frames_are_those_that_fit_and_none_behind_a_longer_one() -> None:
    made = FrameHistory(max_frames=10, max_bytes=100)
    for rev, text in ((1, "a"), (2, "b" * 5), (3, "cc")):
        made.add(rev, rev, text)
    assert made.latest(8) == [(1, 1, "a"), (2, 2, "b" * 5), (3, 3, "cc")]
    assert made.latest(7) == [(2, 2, "b" * 5), (3, 3, "cc")]
    assert made.latest(6) == [(3, 3, "cc")]
    assert made.latest(1) == []


TEXTS = st.lists(st.text("x", max_size=12), max_size=30)


@given(TEXTS, st.integers(1, 8), st.integers(0, 40), st.integers(0, 30))
def test_what_is_kept_is_the_longest_end_that_fits(
    texts: list[str], max_frames: int, max_bytes: int, acknowledged: int
) -> None:
    made = FrameHistory(max_frames, max_bytes)
    kept: list[str] = []
    for rev, text in enumerate(texts, 1):
        made.add(rev, rev, text)
        kept.append(text)
        if rev == acknowledged:
            made.acknowledge(rev)
            kept = kept[-1:]
        while len(kept) > max_frames or sum(map(len, kept)) > max_bytes:
            kept.pop(0)
        first = rev - len(kept)
        assert made.missed(rev, first, first) == kept
        assert [frame[2] for frame in made.latest(max_bytes)] == kept
