from __future__ import annotations

from typing import Any

import pytest

from api.federation.profile import fit_email, fit_name, fit_picture, fit_subject

NO_TEXT: list[Any] = [None, 7, True, [], ["x"], {}]


@pytest.mark.parametrize(
    "url", ["https://p.example/a.png", "https://p.example:8443/a?s=1#x", "https://p.example"]
)
def test_a_picture_is_taken(url: str) -> None:
    assert fit_picture(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://p.example/a.png",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "//p.example/a.png",
        "https://",
        "https:///a.png",
        "https://user@p.example/a.png",
        "https://p.example/a b",
        "https://p.example/\n",
        "https://p.ex\u00e4mple/",
        "https://[p.example/",
        "https://p.example/" + "a" * 2048,
        "",
        *NO_TEXT,
    ],
)
def test_what_a_page_should_not_show_is_no_picture(url: Any) -> None:
    assert fit_picture(url) is None


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (" Ann ", "Ann"),
        ("A\x00n\x1bn\n", "Ann"),
        ("e\u0301", "\u00e9"),
        ("\ud800", None),
        ("👩\u200d💻\ufe0f", "👩💻"),
        ("\u3164\u2800", None),
        ("\u200b" * 900 + "Ann", "Ann"),
        ("", None),
        (" \t", None),
        ("n" * 300, "n" * 200),
        *[(value, None) for value in NO_TEXT],
    ],
)
def test_a_name_is_made_fit(name: Any, kept: str | None) -> None:
    assert fit_name(name) == kept


@pytest.mark.parametrize("subject", ["1", "auth0|5f7c8ec7", "a b", "\u00e9", "s" * 255])
def test_a_subject_is_kept_as_it_is(subject: str) -> None:
    assert fit_subject(subject) == subject


@pytest.mark.parametrize("subject", ["", "a\x00", "a\nb", "s" * 256, "\ud800", *NO_TEXT])
def test_a_subject_that_a_column_cannot_hold_is_none(subject: Any) -> None:
    assert fit_subject(subject) is None


def test_an_address_is_spelled_as_accounts_spell_it() -> None:
    assert fit_email(" Ann@EXAMPLE.com") == "ann@example.com"
    for unfit in ("anonymous@local", "no address", "", *NO_TEXT):
        assert fit_email(unfit) is None
