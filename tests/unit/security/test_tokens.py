from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest

from api.security.tokens import (
    AccessClaims,
    RefreshClaims,
    RefreshSource,
    TokenExpired,
    TokenRejected,
    TokenSigner,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "the-secret-in-force-of-thirty-two-bytes"
EARLIER = "the-secret-of-last-year-of-enough-bytes"
CLAIMS = AccessClaims(
    user_id=UUID(int=1),
    session_id=UUID(int=2),
    email="ann@example.com",
    name="Ann Ünder",
    roles=("user", "admin"),
    issued_at=NOW,
    expires_at=NOW + timedelta(minutes=15),
)
SOURCE = RefreshSource(
    user_id=UUID(int=1),
    session_id=UUID(int=2),
    seed="5eed" * 16,
    generation=3,
    rotated_at=NOW,
    expires_at=NOW + timedelta(days=30),
)


def decoded(token: str) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False})


def test_an_access_token_holds_the_claims_in_the_contracts_order() -> None:
    claims = decoded(TokenSigner(SECRET).access_token(CLAIMS))
    assert re.fullmatch("[0-9a-f]{32}", str(claims["jti"]))
    assert list(claims.items()) == [
        ("sub", "00000000-0000-0000-0000-000000000001"),
        ("email", "ann@example.com"),
        ("name", "Ann Ünder"),
        ("roles", ["user", "admin"]),
        ("token_type", "access"),
        ("exp", 1_772_367_300),
        ("iat", 1_772_366_400),
        ("sid", "00000000-0000-0000-0000-000000000002"),
        ("jti", claims["jti"]),
    ]


def test_a_refresh_token_says_nothing_of_the_person() -> None:
    (token,) = TokenSigner(SECRET).refresh_tokens(SOURCE)
    assert list(decoded(token)) == ["sub", "token_type", "exp", "iat", "sid", "jti"]
    assert decoded(token)["token_type"] == "refresh"


def test_the_header_is_the_contracts() -> None:
    signer = TokenSigner(SECRET)
    for token in (signer.access_token(CLAIMS), *signer.refresh_tokens(SOURCE)):
        header = jwt.get_unverified_header(token)
        assert list(header.items()) == [("typ", "JWT"), ("alg", "HS256")]


def test_what_was_signed_is_read_back() -> None:
    signer = TokenSigner(SECRET)
    assert signer.read_access(signer.access_token(CLAIMS), NOW) == CLAIMS
    (token,) = signer.refresh_tokens(SOURCE)
    assert signer.read_refresh(token, NOW) == RefreshClaims(
        user_id=SOURCE.user_id,
        session_id=SOURCE.session_id,
        issued_at=SOURCE.rotated_at,
        expires_at=SOURCE.expires_at,
    )


def test_two_access_tokens_for_the_same_claims_differ() -> None:
    signer = TokenSigner(SECRET)
    assert signer.access_token(CLAIMS) != signer.access_token(CLAIMS)


def test_the_same_source_gives_the_same_bytes() -> None:
    assert TokenSigner(SECRET).refresh_tokens(SOURCE) == TokenSigner(SECRET).refresh_tokens(SOURCE)


@pytest.mark.parametrize(
    "other",
    [
        replace(SOURCE, generation=4),
        replace(SOURCE, seed="0" * 64),
        replace(SOURCE, rotated_at=NOW + timedelta(seconds=1)),
        replace(SOURCE, expires_at=NOW),
        replace(SOURCE, session_id=UUID(int=3)),
    ],
)
def test_another_source_gives_other_bytes(other: RefreshSource) -> None:
    signer = TokenSigner(SECRET)
    assert signer.refresh_tokens(other) != signer.refresh_tokens(SOURCE)


def test_the_seed_is_in_no_representation_and_in_no_token() -> None:
    (token,) = TokenSigner(SECRET).refresh_tokens(SOURCE)
    assert SOURCE.seed not in repr(SOURCE)
    assert SOURCE.seed not in str(decoded(token))


def test_an_earlier_secret_still_verifies() -> None:
    token = TokenSigner(EARLIER).access_token(CLAIMS)
    assert TokenSigner(SECRET, [EARLIER]).read_access(token, NOW) == CLAIMS


def test_an_earlier_secret_never_signs() -> None:
    token = TokenSigner(SECRET, [EARLIER]).access_token(CLAIMS)
    with pytest.raises(TokenRejected):
        TokenSigner(EARLIER).read_access(token, NOW)


def test_refresh_tokens_come_under_the_secret_in_force_and_then_the_earlier_ones() -> None:
    both = TokenSigner(SECRET, [EARLIER]).refresh_tokens(SOURCE)
    assert both == (
        *TokenSigner(SECRET).refresh_tokens(SOURCE),
        *TokenSigner(EARLIER).refresh_tokens(SOURCE),
    )


def test_an_expired_token_of_an_earlier_secret_is_expired_and_not_foreign() -> None:
    token = TokenSigner(EARLIER).access_token(CLAIMS)
    with pytest.raises(TokenExpired):
        TokenSigner(SECRET, [EARLIER]).read_access(token, CLAIMS.expires_at)


def test_any_hs256_library_verifies_a_token_even_of_a_short_secret() -> None:
    token = TokenSigner("short").access_token(CLAIMS)
    # RFC 2104 §2: HMAC fills a short key with zeros itself.
    claims = jwt.decode(
        token,
        b"short".ljust(32, b"\0"),
        algorithms=["HS256"],
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["sub"] == str(CLAIMS.user_id)
