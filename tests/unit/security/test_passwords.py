from __future__ import annotations

import bcrypt
import pytest

from api.security.passwords import (
    burn,
    cost_of,
    hash_password,
    needs_rehash,
    normalise,
    verify_password,
)

COST = 4
# The same word, typed with one code point and with two.
COMPOSED, DECOMPOSED = "caf\u00e9 au lait", "cafe\u0301 au lait"


def brought(password: str, version: str = "2b") -> str:
    """A hash as another program made it: the first 72 bytes, no normal form."""
    made = bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(COST)).decode()
    return f"${version}$" + made.removeprefix("$2b$")


@pytest.mark.parametrize("first", range(1, 1025, 128))
def test_every_length_verifies_and_its_neighbour_does_not(first: int) -> None:
    text = "".join(chr(0x21 + number % 90) for number in range(1025))
    for length in range(first, first + 128):
        stored = hash_password(text[:length], COST)
        assert verify_password(text[:length], stored), length
        assert not verify_password(text[: length + 1], stored), length


def test_what_bcrypt_reads_whole_is_plain_bcrypt() -> None:
    stored = hash_password("é" * 35, COST)
    assert stored.startswith("$2b$04$")
    assert bcrypt.checkpw("é".encode() * 35, stored.encode())


def test_a_slip_of_the_finger_at_72_bytes_does_not_change_the_password() -> None:
    stored = hash_password("a" * 72, COST)
    assert not verify_password("a" * 73, stored)


@pytest.mark.parametrize("password", ["a" * 73, "é" * 36 + "a", "a\0b", "\0"])
def test_what_bcrypt_would_cut_is_marked(password: str) -> None:
    stored = hash_password(password, COST)
    assert stored.startswith("hmac-sha256:$2b$04$")
    assert verify_password(password, stored)


def test_the_72nd_byte_is_not_the_last_that_counts() -> None:
    stored = hash_password("a" * 72 + "b", COST)
    assert not verify_password("a" * 72 + "c", stored)
    assert not verify_password("a" * 72, stored)


def test_what_follows_a_nul_counts() -> None:
    assert not verify_password("a\0c", hash_password("a\0b", COST))
    assert not verify_password("a", hash_password("a\0b", COST))


def test_the_same_password_is_stored_differently_each_time() -> None:
    assert hash_password("correct horse", COST) != hash_password("correct horse", COST)


@pytest.mark.parametrize(
    ("stored_as", "typed_as"),
    [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED), ("ﬁsh ①", "fish 1")],
)
def test_two_keyboards_agree(stored_as: str, typed_as: str) -> None:
    assert verify_password(typed_as, hash_password(stored_as, COST))


def test_case_and_spaces_count() -> None:
    stored = hash_password(" Correct horse ", COST)
    assert not verify_password("correct horse", stored)
    assert not verify_password(" correct horse ", stored)


@pytest.mark.parametrize("version", ["2a", "2b", "2y"])
@pytest.mark.parametrize("length", [8, 72, 73, 200])
def test_a_hash_from_elsewhere_verifies_as_bcrypt_does(version: str, length: int) -> None:
    stored = brought("p" * length, version)
    assert verify_password("p" * length, stored)
    assert verify_password("p" * 72, stored) is (length >= 72)
    assert not verify_password("p" * 7 + "q" * length, stored)


def test_a_hash_from_elsewhere_knows_no_normal_form() -> None:
    stored = brought(DECOMPOSED)
    assert verify_password(DECOMPOSED, stored)
    assert needs_rehash(DECOMPOSED, stored, COST)


def test_a_multibyte_character_may_straddle_the_72nd_byte() -> None:
    password = "a" * 71 + "é" + "more"
    assert verify_password(password, brought(password))


@pytest.mark.parametrize(
    ("password", "version"),
    [("a" * 8, "2a"), ("a" * 8, "2y"), ("a" * 73, "2b"), ("a\0b", "2b")],
)
def test_a_hash_that_is_not_in_our_form_is_replaced(password: str, version: str) -> None:
    stored = brought(password, version)
    assert verify_password(password, stored)
    assert needs_rehash(password, stored, COST)


@pytest.mark.parametrize("password", ["short one", "a" * 73, "a\0b", COMPOSED])
def test_a_hash_of_ours_is_replaced_only_for_its_cost(password: str) -> None:
    stored = hash_password(password, COST)
    assert needs_rehash(password, stored, COST + 1)
    assert not needs_rehash(password, stored, COST)
    assert not needs_rehash(password, stored, COST - 1)


def test_a_hash_of_ours_is_not_replaced_for_how_it_was_typed() -> None:
    assert not needs_rehash(DECOMPOSED, hash_password(DECOMPOSED, COST), COST)


def test_the_cost_is_read_off_the_hash() -> None:
    assert cost_of(hash_password("x", 5)) == cost_of(hash_password("x" * 99, 5)) == 5
    assert cost_of("") == cost_of("$2b$") == cost_of("secret") == 0


def test_burning_takes_any_password() -> None:
    for password in ("", "a" * 1024, "a\0b", DECOMPOSED * 20, "\udcff"):
        burn(password, COST)


def test_normalising_twice_changes_nothing_more() -> None:
    assert normalise(normalise("ﬁ①é")) == normalise("ﬁ①é") == "fi1é"


def test_a_text_that_is_longer_than_any_password_is_not_normalised() -> None:
    # Putting these marks in order would take a second.
    marks = "\u0301" * 8192 + "\u0316" * 8192
    assert normalise(marks) == marks
    assert normalise("\u0301\u0316") == "\u0316\u0301"
