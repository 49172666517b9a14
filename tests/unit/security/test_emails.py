from __future__ import annotations

import pytest

from api.security.emails import EmailRejected, normalise_email, valid_email


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" Ann@Example.COM \n", "ann@example.com"),
        ("ann+news@example.com", "ann+news@example.com"),
        ("ann.under@example.com", "ann.under@example.com"),
        ("ann@corp.local", "ann@corp.local"),
        ("ann@localhost", "ann@localhost"),
        ("ann@example.test", "ann@example.test"),
        ("JOSE\u0301@example.com", "jos\u00e9@example.com"),
        ("ann@BÜCHER.example", "ann@bücher.example"),
    ],
)
def test_an_address_is_stored_trimmed_and_in_lower_case(text: str, email: str) -> None:
    assert valid_email(text) == email


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hidden",
        "@hidden.example",
        "hidden@",
        "hidden@@example.com",
        "hid den@example.com",
        "hidden@exa mple.com",
        "hidden@example..com",
        "hidden@-example.com",
        "hidden\0@example.com",
        "hidden\n@example.com",
        "Ann <hidden@example.com>",
        "hidden@example.com, b@example.com",
        "hidden@" + "example." * 40 + "com",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(EmailRejected) as rejected:
        valid_email(text)
    assert str(rejected.value).startswith("Email must ")
    assert "hidden" not in str(rejected.value)


@pytest.mark.parametrize(
    "text",
    [
        *("admin\ufe0f@example.com", "ad\u034fmin@example.com", "\u3164@example.com"),
        *("ad\u17b4min@example.com", "admin@exam\u00adple.com", "admin@example.com\ufeff"),
        *(
            "\uff41dmin@example.com",
            "ﬁnn@example.com",
            "ann²@example.com",
            "admin\u2800@example.com",
        ),
    ],
)
def test_what_looks_like_another_address_is_refused_but_still_looked_up(text: str) -> None:
    with pytest.raises(EmailRejected, match="Email must"):
        valid_email(text)
    assert normalise_email(normalise_email(text)) == normalise_email(text)


def test_an_odd_address_of_before_is_found_as_it_was_stored() -> None:
    assert normalise_email("Admin\ufe0f@Example.com") == "admin\ufe0f@example.com"
    assert normalise_email("\uff21dmin@example.com") == "\uff41dmin@example.com"


def test_a_look_up_takes_any_text() -> None:
    assert normalise_email("  No Address ") == "no address"


def test_an_address_is_found_by_what_is_stored_however_it_was_typed() -> None:
    stored = valid_email("Jose\u0301@Example.com")
    for typed in ("JOSÉ@example.com", " jose\u0301@EXAMPLE.com", stored):
        assert normalise_email(typed) == stored


def test_what_is_too_long_is_neither_an_address_nor_folded() -> None:
    long = "A\u0301" * 128
    assert normalise_email(f" {long} ") == long
    with pytest.raises(EmailRejected, match="at most 254"):
        valid_email(long)
