"""Foreign text, ages, filters, columns and the window: what needs no screen to be tried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui import relative_time
from tui.text import Foreign, fitted, plain, raw

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
        ("admin\ufe0f@example.com", "admin�@example.com"),
        ("x\u0301\u0301\u0301\u0301", "x\u0301\u0301��"),
        ("a\u2028b", "a�b"),
        ("\u0301ann", "�ann"),
        ("\u1100\u1161\u11a8", "각"),
        ("a\u1161", "a�"),
        ("\u03c9\u0314\u0342\u0345", "ᾧ"),
    ],
)
def test_what_cannot_be_shown_is_replaced(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    "character",
    [
        *"\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200d\u200e\u202e\u2060\u2066",
        *"\u2800\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9\U0001bca0\U0001d173\U000e0041\U000e0100",
    ],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_no_two_texts_look_like_one(character: str) -> None:
    assert plain(f"ad{character}min") == "ad�min"


def test_a_long_run_of_marks_costs_no_more_than_a_long_text() -> None:
    shown = plain("e" + "\u0301" * 4096 + "\u0316" * 4096)
    assert len(shown) > 8_000
    assert shown.endswith("�")


def test_what_is_shown_otherwise_is_copied_as_it_was_written() -> None:
    assert raw(Foreign.of("admin\ufe0f@example.com")) == "admin\ufe0f@example.com"
    assert raw("ann@example.com") == "ann@example.com"


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
    assert relative_time.span(seconds) == words
    assert relative_time.since(NOW - timedelta(seconds=seconds), NOW) == f"{words} ago"


def test_a_clock_that_is_ahead_makes_no_future() -> None:
    assert relative_time.since(NOW + timedelta(seconds=3), NOW) == "0 s ago"


def test_what_is_to_come_and_what_is_past() -> None:
    assert relative_time.until(NOW + timedelta(days=3), NOW) == "in 3 d"
    assert relative_time.until(NOW - timedelta(days=3), NOW) == "3 d ago"
    assert relative_time.until(None, NOW) == "never"
    assert relative_time.exact(NOW) == "2026-11-25 12:00:00 UTC"
