from __future__ import annotations

import pytest

from api.security.password_policy import common_passwords, objection


def said(password: str, *, min_length: int = 8) -> str:
    email, host = "ann.under7@mail.example-corp.com", "auth.big-firm.test"
    return objection(password, email=email, host=host, min_length=min_length) or ""


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "xqzvkwpj",
        "🙂🙃" * 4,
        "пароль-не-простой",
        "xy" * 512,
        "annabel-understood",
        "password horse",
        "tabs\tand\nlines\0too",
        "[-)L^|;+",
        "{=[ya]!?",
    ],
)
def test_any_text_that_is_long_enough_and_rare_is_accepted(password: str) -> None:
    assert said(password) == ""


def test_length_is_counted_in_code_points() -> None:
    assert said("🙂" * 7) == "Password must have at least 8 characters"
    assert said("🙂" * 7 + "🙃") == ""
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
    "password",
    [
        *("Password123!", "passWORD!!", "--password--", "12345678!", "1qaz2wsx...", "qwerty123!"),
        *("2024Summer!", "Dragon1234", "Iloveyou!1", "pass.word.99", "\uff30assword123!"),
    ],
)
def test_digits_and_punctuation_around_a_common_one_change_nothing(password: str) -> None:
    assert "most common" in said(password)


@pytest.mark.parametrize(
    "password",
    [" " * 8, "\u00a0\u3000" * 4, "\u2800" * 9, "\u3164" * 8, "a" * 8, "aAaAaAaA", "🙂" * 8],
)
def test_blanks_and_one_character_repeated_are_refused(password: str) -> None:
    assert "blank, or one character" in said(password)


@pytest.mark.parametrize(
    "password",
    [
        *(
            "everruns",
            "everruns1",
            "Everruns!",
            "2024-EVERRUNS-01",
            "Everruns Auth",
            "everrunsauth1",
        ),
        *("auth.big-firm.test", "big-firm1", "BigFirm2024!", "auth1234", "1234test"),
    ],
)
def test_the_product_and_its_host_are_refused(password: str) -> None:
    assert "product or of its host" in said(password)


@pytest.mark.parametrize(
    "password",
    [
        *("ann.under7@mail.example-corp.com", "ANN.under7@Mail.Example-Corp.com", "Ann.Under7"),
        *("annunder", "AnnUnder2024!", "ann_under99", "ann12345", "!!under!!", "under7!!"),
        *("mail.example-corp.com", "example-corp", "ExampleCorp1", "mail2024", "12345com"),
    ],
)
def test_the_accounts_own_address_is_refused(password: str) -> None:
    assert "own e-mail address" in said(password)


def test_another_address_is_a_password_like_any_other() -> None:
    assert said("ben@example.com") == ""


def test_no_reason_repeats_the_password() -> None:
    for password in ("zq7", "ann.under", "12345678", "vvvvvvv9" * 200):
        assert password not in said(password)


@pytest.mark.parametrize(
    "password",
    [
        *("jennifer", "Michelle", "basketball", "chocolate", "december", "linkedin"),
        *("987654321", "87654321", "123123123", "12341234", "abcdefgh", "lovelove", "asdasdasd"),
        *("Jennifer1!", "Michelle2024", "september1"),
    ],
)
def test_names_words_sequences_and_repetitions_are_refused_where_they_are_common(
    password: str,
) -> None:
    assert "most common" in said(password)


@pytest.mark.parametrize("min_length", [4, 8, 10, 12])
def test_the_3000_commonest_of_each_list_that_are_long_enough_are_refused(min_length: int) -> None:
    for words in common_passwords():
        fit = [word for word in words if len(word) >= min_length][:3000]
        assert all(said(word, min_length=min_length) for word in fit)


def test_the_lists_of_common_passwords_are_of_a_useful_size() -> None:
    for words in common_passwords():
        assert len(words) > 10_000
        assert all(word == word.casefold() for word in words)


def test_length_is_decided_before_normalising() -> None:
    # These would become one letter each, were they not too many.
    assert "at most 1024" in said("e\u0301" * 513)
