from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.authentication.flush_schedule import FLUSH_SECONDS, READING_SECONDS, until_next_flush

MOMENTS = st.floats(1.7e9, 4e9)


@given(MOMENTS, MOMENTS)
def test_all_nodes_wake_at_the_same_beats(one: float, other: float) -> None:
    beats = ((one + until_next_flush(one)) - (other + until_next_flush(other))) / FLUSH_SECONDS
    assert beats == pytest.approx(round(beats), abs=1e-4)


@given(MOMENTS)
def test_a_beat_is_never_waited_for_longer_than_one_nor_told_twice(now: float) -> None:
    seconds = until_next_flush(now)
    assert 0.01 < seconds < FLUSH_SECONDS + 0.03
    # A sleep that ended a little early must not have that beat again.
    assert until_next_flush(now + seconds - 0.01) == pytest.approx(FLUSH_SECONDS + 0.01, abs=1e-4)


@given(MOMENTS)
def test_what_is_written_at_a_beat_is_read_right_after_it(now: float) -> None:
    written = now + until_next_flush(now)
    read = written + until_next_flush(written, after=READING_SECONDS)
    assert read - written == pytest.approx(READING_SECONDS, abs=1e-4)


def test_a_use_is_written_and_read_within_a_second() -> None:
    assert FLUSH_SECONDS + READING_SECONDS < 1
