from __future__ import annotations

import hashlib
import re

import pytest

from api.security.digests import (
    digest,
    is_api_key,
    is_same,
    key_prefix,
    new_api_key,
    new_seed,
)

KEY = "evr_" + "0123456789abcdef" * 4


def test_a_digest_is_the_sha_256_of_the_whole_credential() -> None:
    assert digest(KEY) == hashlib.sha256(KEY.encode()).hexdigest()
    assert re.fullmatch("[0-9a-f]{64}", digest(KEY))


def test_any_text_has_a_digest() -> None:
    assert digest("\udcff") != digest("é") != digest("")


def test_a_new_key_has_the_form_of_a_key() -> None:
    assert re.fullmatch("evr_[0-9a-f]{64}", new_api_key())
    assert is_api_key(new_api_key())


def test_no_two_keys_and_no_two_seeds_are_alike() -> None:
    assert len({new_api_key() for _ in range(100)}) == 100
    assert len({new_seed() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "text",
    [
        "",
        "evr_",
        KEY[:-1],
        KEY + "0",
        KEY + "\n",
        " " + KEY,
        KEY.upper(),
        "evr_" + "g" * 64,
        "evr-" + "0" * 64,
        "evr_" + "\u0660" * 64,
    ],
)
def test_what_has_not_the_form_is_no_key(text: str) -> None:
    assert not is_api_key(text)


def test_a_prefix_shows_eight_digits_and_that_more_follow() -> None:
    assert key_prefix(KEY) == "evr_01234567..."


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [("a", "a", True), ("a", "b", False), ("a", "aa", False), ("é", "é", True)],
)
def test_secrets_are_compared_whatever_their_lengths(left: str, right: str, same: bool) -> None:
    assert is_same(left, right) is same
