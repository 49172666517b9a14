"""Foreign text, ages, filters, columns and the window: what needs no screen to be tried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui import ages
from tui.text import fitted, plain

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@given(st.text())
def test_plain_text_is_one_printable_line(text: str) -> None:
    assert plain(text).isprintable()
    assert plain(plain(text)) == plain(text)


@given(st.text(), st.integers(0, 40))
def test_fitted_text_is_exactly_as_wide_as_asked(text: str, width: int) -> None:
    assert cell_len(fitted(plain(text), width)) == width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann", "Ann"),
        ("王小明", "王小明"),
        ("Jose\u0301", "José"),
        ("a\tb\nc\x1b[31m\x07", "a�b�c�[31m�"),
        ("\u202eevil\u2066", "�evil�"),
        ("❤\ufe0f", "❤"),
        ("x\u0301\u0301\u0301\u0301", "x\u0301\u0301"),
        ("a\u2028b", "a�b"),
    ],
)
def test_what_cannot_be_shown_is_replaced(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("Ann", 5, "Ann  "),
        ("Annabel", 5, "Anna…"),
        ("王小明", 5, "王小…"),
        ("王小明", 4, "王… "),
        ("x", 0, ""),
    ],
)
def test_text_is_cut_with_an_ellipsis(text: str, width: int, shown: str) -> None:
    assert fitted(text, width) == shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86_400, "1 d"),
        (800 * 86_400, "2 y"),
    ],
)
def test_a_span_is_said_in_its_largest_unit(seconds: float, words: str) -> None:
    assert ages.span(seconds) == words
    assert ages.since(NOW - timedelta(seconds=seconds), NOW) == f"{words} ago"


def test_a_clock_that_is_ahead_makes_no_future() -> None:
    assert ages.since(NOW + timedelta(seconds=3), NOW) == "0 s ago"


def test_what_is_to_come_and_what_is_past() -> None:
    assert ages.until(NOW + timedelta(days=3), NOW) == "in 3 d"
    assert ages.until(NOW - timedelta(days=3), NOW) == "3 d ago"
    assert ages.until(None, NOW) == "never"
    assert ages.exact(NOW) == "2026-11-25 12:00:00 UTC"
