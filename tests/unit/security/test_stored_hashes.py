from __future__ import annotations

import pytest

from api.security.passwords import cost_of, hash_password, verify_password

# Of "password". Written out, so that every worker of the test run names the tests alike.
GOOD = "$2b$04$JUj3BiIvHvBnG8T9vK4s8eYnWKpP1QxMsnN8EqhGrB1qFgB0Z.zWC"
BODY = GOOD.removeprefix("$2b$04$")


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "password",
        "!",
        "*",
        "$2b$04$",
        GOOD[:-1],
        GOOD + "a",
        GOOD + "\n",
        " " + GOOD,
        f"$2x$04${BODY}",
        f"$2b$4${BODY}",
        f"$1$04${BODY}",
        f"hmac-sha256:{GOOD[:-1]}",
        f"hmac-sha256:hmac-sha256:{GOOD}",
        f"sha256:{GOOD}",
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaA",
        "5f4dcc3b5aa765d61d8327deb882cf99",
    ],
)
def test_what_is_no_hash_verifies_nothing(stored: str) -> None:
    assert not verify_password("password", stored)


@pytest.mark.parametrize("cost", ["00", "01", "02", "03", "17", "31", "99"])
def test_a_cost_out_of_bounds_verifies_nothing(cost: str) -> None:
    assert not verify_password("password", f"$2b${cost}${BODY}")


@pytest.mark.parametrize(
    "stored",
    [
        # A salt whose 22 characters hold more than 128 bits.
        "$2b$04$" + "a" * 53,
        "hmac-sha256:$2b$04$" + "9" * 53,
        # Digits of another script are digits to a regular expression.
        f"$2b$\u0660\u0664${BODY}",
    ],
)
def test_a_hash_that_only_looks_like_one_verifies_nothing(stored: str) -> None:
    assert not verify_password("password", stored)


def test_the_good_hash_that_the_others_differ_from_is_good() -> None:
    assert verify_password("password", GOOD)


def test_a_marked_hash_is_not_a_plain_one() -> None:
    assert not verify_password("password", f"hmac-sha256:{GOOD}")
    marked = hash_password("p" * 80, 4)
    assert not verify_password("p" * 80, marked.removeprefix("hmac-sha256:"))


def test_a_digit_of_another_script_is_no_cost() -> None:
    assert cost_of(f"$2b$\u0660\u0664${BODY}") == 0
