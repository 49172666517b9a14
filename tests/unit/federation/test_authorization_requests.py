from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest

from api.federation.authorization_requests import (
    AuthorizationRequest,
    AuthorizationRequestSealer,
    tag_of,
)

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECRET = "a-secret-of-the-tests-that-is-long-enough"
SEALER = AuthorizationRequestSealer(SECRET)


def begun() -> AuthorizationRequest:
    return SEALER.begin("oidc", "/home", NOW)


def test_an_attempt_opens_as_it_was_sealed() -> None:
    attempt = begun()
    assert SEALER.open(attempt.sealed, NOW) == attempt
    assert (attempt.provider, attempt.redirect_to) == ("oidc", "/home")


def test_it_is_over_after_ten_minutes() -> None:
    sealed = begun().sealed
    assert SEALER.open(sealed, NOW + timedelta(minutes=10, seconds=-1)) is not None
    assert SEALER.open(sealed, NOW + timedelta(minutes=10)) is None


def test_no_two_have_anything_in_common() -> None:
    one, other = begun(), begun()
    texts = [(a.state, a.nonce, a.code_verifier, a.tag) for a in (one, other)]
    assert len({text for four in texts for text in four}) == 8


def test_each_part_is_as_long_as_its_document_wants() -> None:
    attempt = begun()
    for text in (attempt.state, attempt.nonce, attempt.code_verifier):
        assert re.fullmatch("[A-Za-z0-9_-]{43}", text)


def test_what_is_sealed_gives_none_of_it_away() -> None:
    attempt = begun()
    readable = base64.urlsafe_b64decode(attempt.sealed.partition(".")[0] + "==").decode()
    for text in (attempt.state, attempt.nonce, attempt.code_verifier):
        assert text not in attempt.sealed + readable
        assert text not in repr(attempt)


def test_another_secret_s_is_not_ours() -> None:
    other = AuthorizationRequestSealer("another-secret-that-is-long-enough-too")
    assert SEALER.open(other.begin("oidc", None, NOW).sealed, NOW) is None


def test_it_survives_the_rotation_of_the_secret() -> None:
    rotated = AuthorizationRequestSealer("a-newer-secret-that-is-long-enough", [SECRET])
    attempt = begun()
    assert rotated.open(attempt.sealed, NOW) == attempt
    assert rotated.begin("oidc", None, NOW).sealed != attempt.sealed


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda _: ".",
        lambda sealed: sealed[:-1],
        lambda sealed: sealed + "A",
        lambda sealed: "A" + sealed,
        lambda sealed: sealed.replace(".", ""),
        lambda sealed: sealed.partition(".")[0],
        lambda sealed: "." + sealed.partition(".")[2],
        lambda _: "\udcff.é",
        lambda _: "x" * 100_000,
    ],
)
def test_an_altered_one_does_not_open(spoil: object) -> None:
    assert callable(spoil)
    assert SEALER.open(spoil(begun().sealed), NOW) is None


def test_a_tag_says_nothing_of_the_state() -> None:
    attempt = begun()
    assert attempt.tag == tag_of(attempt.state)
    assert attempt.tag not in attempt.state
