from __future__ import annotations

import pytest

from api.security.password_policy import common_passwords, objection


def said(password: str, *, min_length: int = 8) -> str:
    return objection(password, email="ann.under@example.com", min_length=min_length) or ""


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "xqzvkwpj",
        "        ",
        "🙂🙃" * 4,
        "пароль-не-простой",
        "x" * 1024,
        "tabs\tand\nlines\0too",
    ],
)
def test_any_text_that_is_long_enough_and_rare_is_accepted(password: str) -> None:
    assert said(password) == ""


def test_length_is_counted_in_code_points() -> None:
    assert said("🙂" * 7) == "Password must have at least 8 characters"
    assert said("🙂" * 8) == ""
    assert said("x" * 1025) == "Password must have at most 1024 characters"


def test_length_is_counted_after_normalising() -> None:
    # Seven letters with their accents apart are seven characters, whichever way they came.
    assert "at least 8" in said("e\u0301" * 7)
    # One ligature of Arabic becomes eighteen letters.
    assert "at most 1024" in said("\ufdfa" * 60)


def test_the_minimum_is_the_operators() -> None:
    assert "at least 15" in said("xqzvkwpj", min_length=15)
    assert said("xqz", min_length=3) == ""


@pytest.mark.parametrize(
    "password", ["password", "PassWord", "12345678", "iloveyou", "\uff50assword"]
)
def test_the_commonest_passwords_are_refused_in_any_case(password: str) -> None:
    assert "most common" in said(password)


@pytest.mark.parametrize(
    "password", ["ann.under@example.com", "ANN.under@Example.com", "Ann.Under"]
)
def test_the_accounts_own_address_is_refused(password: str) -> None:
    assert "own e-mail address" in said(password)


def test_another_address_is_a_password_like_any_other() -> None:
    assert said("ben@example.com") == ""


def test_no_reason_repeats_the_password() -> None:
    for password in ("zq7", "ann.under", "12345678", "vvvvvvv9" * 200):
        assert password not in said(password)


def test_the_list_of_common_passwords_is_of_a_useful_size() -> None:
    assert len(common_passwords()) > 10_000
    assert all(word == word.casefold() for word in common_passwords())


def test_length_is_decided_before_normalising() -> None:
    # These would become one letter each, were they not too many.
    assert "at most 1024" in said("e\u0301" * 513)
