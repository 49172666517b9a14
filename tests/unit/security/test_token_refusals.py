from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from api.security.tokens import TokenExpired, TokenRejected, TokenSigner

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "the-secret-in-force-of-thirty-two-bytes"
SIGNER = TokenSigner(SECRET)
PAYLOAD = {
    "sub": "00000000-0000-0000-0000-000000000001",
    "email": "ann@example.com",
    "name": "Ann",
    "roles": ["user"],
    "token_type": "access",
    "exp": int(NOW.timestamp()) + 900,
    "iat": int(NOW.timestamp()),
    "sid": "00000000-0000-0000-0000-000000000002",
    "jti": "a" * 32,
}
# Long enough for SHA-512 too.
LONG = "k" * 64


def signed(key: Any = SECRET, algorithm: str = "HS256", /, **claims: object) -> str:
    """A token that differs from a good one by `claims`; None leaves a claim out."""
    payload: dict[str, Any] = {**PAYLOAD, **claims}
    kept = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm)


def refuse(token: str) -> None:
    with pytest.raises(TokenRejected) as refused:
        SIGNER.read_access(token, NOW)
    assert not isinstance(refused.value, TokenExpired)


def at(seconds: int) -> int:
    return int((NOW + timedelta(seconds=seconds)).timestamp())


def test_the_good_token_that_the_others_differ_from_is_good() -> None:
    assert SIGNER.read_access(signed(), NOW).email == "ann@example.com"


@pytest.mark.parametrize("seconds", [0, -1, -900])
def test_an_expiry_has_no_leeway(seconds: int) -> None:
    with pytest.raises(TokenExpired):
        SIGNER.read_access(signed(exp=at(seconds)), NOW)


def test_a_token_holds_until_the_last_moment() -> None:
    almost = NOW + timedelta(microseconds=999_999)
    assert SIGNER.read_access(signed(exp=at(1)), almost).expires_at > almost


def test_an_expired_token_is_read_where_that_is_asked_for() -> None:
    claims = SIGNER.read_access(signed(exp=at(-900)), NOW, allow_expired=True)
    assert str(claims.session_id) == PAYLOAD["sid"]


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_clock_may_be_five_seconds_ahead_and_no_more(claim: str) -> None:
    assert SIGNER.read_access(signed(**{claim: at(5)}), NOW)
    refuse(signed(**{claim: at(6)}))


def test_a_token_without_a_signature_is_refused() -> None:
    refuse(signed(None, "none"))
    refuse(signed().rpartition(".")[0] + ".")


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused_even_under_our_key(algorithm: str) -> None:
    refuse(jwt.encode(PAYLOAD, LONG, algorithm=algorithm))
    with pytest.raises(TokenRejected):
        TokenSigner(LONG).read_access(jwt.encode(PAYLOAD, LONG, algorithm=algorithm), NOW)


def test_a_foreign_key_is_refused() -> None:
    refuse(signed("another-secret-of-more-than-32-bytes"))


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_part_of_another_good_token_is_refused(part: int) -> None:
    parts, others = signed().split("."), signed(SECRET, "HS256", sub="x").split(".")
    others[0] = jwt.encode(PAYLOAD, LONG, algorithm="HS512").split(".")[0]
    parts[part] = others[part]
    refuse(".".join(parts))


@pytest.mark.parametrize("audience", ["everruns", ["everruns"]])
def test_a_token_for_an_audience_is_refused(audience: object) -> None:
    refuse(signed(aud=audience))


@pytest.mark.parametrize("claim", ["sub", "token_type", "exp", "iat", "sid", "jti"])
def test_a_token_that_lacks_a_claim_is_refused(claim: str) -> None:
    refuse(signed(**{claim: None}))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("sub", "ann"),
        ("sid", "1"),
        ("sid", 1),
        ("exp", "soon"),
        ("exp", True),
        ("exp", -1),
        ("exp", 10**30),
        ("exp", float("inf")),
        ("exp", float("nan")),
        ("iat", [1]),
        ("nbf", "now"),
        ("token_type", "Access"),
    ],
)
def test_a_claim_of_another_form_is_refused(claim: str, value: object) -> None:
    refuse(signed(**{claim: value}))


def test_an_access_token_is_no_refresh_token_nor_the_other_way_round() -> None:
    with pytest.raises(TokenRejected):
        SIGNER.read_refresh(signed(), NOW)
    refuse(signed(token_type="refresh"))


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "evr_" + "0" * 64, "é.é.é", "\udcff", "a" * 9000]
)
def test_a_text_that_is_no_token_is_refused(text: str) -> None:
    refuse(text)
