"""Time in which the database was silent, by its own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from api.silences import Silences

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def heard(*seconds: float) -> Silences:
    silences = Silences()
    for second in seconds:
        silences.heard(at(second))
    return silences


def silent(silences: Silences, start: float, end: float) -> float:
    return silences.between(at(start), at(end)).total_seconds()


def test_a_database_that_answers_every_second_is_not_silent() -> None:
    assert silent(heard(0, 1, 2, 4, 5), 0, 6) == 0


def test_a_gap_is_a_silence_as_far_as_it_concerns_the_span() -> None:
    silences = heard(0, 1, 7, 8)
    assert silent(silences, 0, 8) == 6
    assert silent(silences, 3, 5) == 2
    assert silent(silences, 8, 9) == 0


def test_a_silence_that_lasts_counts_up_to_now() -> None:
    assert silent(heard(0, 1), 0.5, 7) == 6


def test_nothing_is_known_before_the_first_answer() -> None:
    assert silent(heard(), 0, 60) == 0
    assert silent(heard(50), 0, 51) == 0


def test_silences_add_up() -> None:
    assert silent(heard(0, 6, 7, 13), 0, 13) == 12
