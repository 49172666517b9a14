from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from api.security.tokens import (
    AccessClaims,
    RefreshSource,
    TokenRejected,
    TokenSigner,
)

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "the-secret-in-force-of-thirty-two-bytes"
SIGNER = TokenSigner(SECRET)
# JSON text cannot hold half of a surrogate pair.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SPANS = st.timedeltas(timedelta(seconds=1), timedelta(days=3650))
CHARACTERS = string.ascii_letters + string.digits + "-_.= \n\0é"

access_claims = st.builds(
    AccessClaims,
    user_id=st.uuids(),
    session_id=st.uuids(),
    email=TEXTS,
    name=TEXTS,
    roles=st.lists(TEXTS, max_size=5).map(tuple),
    issued_at=st.just(START),
    expires_at=SPANS.map(lambda span: (START + span).replace(microsecond=0)),
)
sources = st.builds(
    RefreshSource,
    user_id=st.uuids(),
    session_id=st.uuids(),
    seed=TEXTS,
    generation=st.integers(0, 2**63),
    rotated_at=st.just(START),
    expires_at=SPANS.map(lambda span: (START + span).replace(microsecond=0)),
)
ANN = AccessClaims(
    user_id=UUID(int=1),
    session_id=UUID(int=2),
    email="ann@example.com",
    name="Ann",
    roles=("user",),
    issued_at=START,
    expires_at=START + timedelta(minutes=15),
)
TOKEN = SIGNER.access_token(ANN)
PLACES = st.integers(0, len(TOKEN) - 1)


def read_or_refuse(token: str) -> AccessClaims | None:
    try:
        return SIGNER.read_access(token, START)
    except TokenRejected:
        return None


@given(claims=access_claims)
def test_an_access_token_says_what_it_was_made_of(claims: AccessClaims) -> None:
    assert SIGNER.read_access(SIGNER.access_token(claims), START) == claims


@given(source=sources)
def test_a_refresh_token_says_what_it_was_made_of(source: RefreshSource) -> None:
    (token,) = SIGNER.refresh_tokens(source)
    claims = SIGNER.read_refresh(token, START)
    assert (claims.user_id, claims.session_id) == (source.user_id, source.session_id)
    assert claims.expires_at == source.expires_at
    assert (token,) == SIGNER.refresh_tokens(source)


@given(one=sources, other=sources)
def test_two_sources_never_share_a_token(one: RefreshSource, other: RefreshSource) -> None:
    assume(one != other)
    assert SIGNER.refresh_tokens(one) != SIGNER.refresh_tokens(other)


@given(place=PLACES, character=st.sampled_from(CHARACTERS))
def test_one_character_changed_is_refused_or_says_the_same(place: int, character: str) -> None:
    # The last character of base64 holds bits that mean nothing, so "the same" can happen.
    changed = TOKEN[:place] + character + TOKEN[place + 1 :]
    assert read_or_refuse(changed) in (None, ANN)


@given(place=PLACES)
def test_one_character_less_is_refused(place: int) -> None:
    assert read_or_refuse(TOKEN[:place] + TOKEN[place + 1 :]) is None


@given(start=PLACES, end=PLACES)
def test_a_piece_of_a_token_is_refused(start: int, end: int) -> None:
    assume((start, end) != (0, len(TOKEN)))
    assert read_or_refuse(TOKEN[start:end]) is None


@given(text=st.text())
def test_any_other_text_is_refused(text: str) -> None:
    assert read_or_refuse(text) is None
    assert read_or_refuse(f"{text}.{text}.{text}") is None


@given(secret=TEXTS.filter(lambda text: text.strip("\0")), claims=access_claims)
def test_whatever_the_secret_only_its_holder_reads(secret: str, claims: AccessClaims) -> None:
    assume(secret != SECRET)
    token = TokenSigner(secret).access_token(claims)
    assert TokenSigner(SECRET, [secret]).read_access(token, START) == claims
    with pytest.raises(TokenRejected):
        SIGNER.read_access(token, START)
