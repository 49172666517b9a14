from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from api.security.password_policy import objection
from api.security.passwords import (
    cost_of,
    hash_password,
    needs_rehash,
    normalise,
    verify_password,
)

COST = 4
# What JSON can carry: any Unicode but half of a surrogate pair.
SENDABLE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=1024)
# Anything at all, as in a column that somebody filled by hand.
ANYTHING = st.text()
LOOKALIKES = st.from_regex(r"(hmac-sha256:)?\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}", fullmatch=True)


@given(password=SENDABLE)
def test_a_password_verifies_against_its_own_hash(password: str) -> None:
    stored = hash_password(password, COST)
    assert verify_password(password, stored)
    assert cost_of(stored) == COST
    assert not needs_rehash(password, stored, COST)


@given(one=SENDABLE, other=SENDABLE)
def test_another_password_does_not(one: str, other: str) -> None:
    same = normalise(one) == normalise(other)
    assert verify_password(other, hash_password(one, COST)) is same


@given(length=st.integers(1, 1024), letter=st.sampled_from("aé李🙂\0"))
def test_no_length_is_truncated(length: int, letter: str) -> None:
    stored = hash_password(letter * length, COST)
    assert verify_password(letter * length, stored)
    assert not verify_password(letter * (length + 1), stored)
    assert not verify_password(letter * (length - 1), stored)


@given(password=SENDABLE)
def test_every_normal_form_is_the_same_password(password: str) -> None:
    assert verify_password(normalise(password), hash_password(password, COST))
    assert normalise(normalise(password)) == normalise(password)


@given(password=ANYTHING, stored=ANYTHING)
def test_no_text_at_all_is_a_hash(password: str, stored: str) -> None:
    assert not verify_password(password, stored)


@given(password=SENDABLE, stored=LOOKALIKES)
@example(password="x", stored="$2b$04$" + "a" * 53)
@example(password="x", stored="$2b$01$" + "." * 53)
def test_what_looks_like_a_hash_is_compared_or_false(password: str, stored: str) -> None:
    # A cost of 16 takes seconds, and says nothing that a cost of 6 does not.
    if cost_of(stored) <= 6:
        assert not verify_password(password, stored)


@given(password=SENDABLE, min_length=st.integers(1, 64))
def test_an_objection_is_a_sentence_about_passwords(password: str, min_length: int) -> None:
    reason = objection(password, email="ann@example.com", host="a.b", min_length=min_length)
    assert reason is None or reason.startswith("Password ")
    if len(normalise(password)) < min_length:
        assert reason is not None
