from __future__ import annotations

import asyncio

import httpx
import pytest

from models import RefreshToken
from tests.api.clients import by_hand
from tests.api.people import me, refresh, refusal, resigned
from tests.support.people import Person, claims_of, person

pytestmark = pytest.mark.anyio

INVALID = (401, "Invalid refresh token")
EXPIRED = (401, "Refresh token expired")


async def test_a_refresh_answers_a_new_pair_of_the_same_session(
    http: httpx.AsyncClient, ann: Person
) -> None:
    answer = await refresh(http, ann.refresh_token)
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["access_token", "token_type", "expires_in", "refresh_token"]
    after = person(ann.email, answer)
    assert after.refresh_token != ann.refresh_token
    assert (after.id, after.session_id) == (ann.id, ann.session_id)
    assert (await me(http, after.bearer)).status_code == 200
    assert answer.headers["cache-control"] == "no-store"


async def test_the_cookie_will_do_where_no_body_is_sent(
    http: httpx.AsyncClient, ann: Person
) -> None:
    answer = await http.post("/v1/auth/refresh", headers=ann.cookie)
    assert answer.status_code == 200
    assert len(answer.headers.get_list("set-cookie")) == 2
    empty = await http.post("/v1/auth/refresh", json={}, headers=ann.cookie)
    assert empty.status_code == 200


async def test_without_a_refresh_token_it_says_that_it_is_missing(
    http: httpx.AsyncClient,
) -> None:
    for answer in (
        await http.post("/v1/auth/refresh"),
        await http.post("/v1/auth/refresh", json={}),
        await refresh(http, ""),
        await http.post("/v1/auth/refresh", json={"refresh_token": None}),
    ):
        assert refusal(answer) == (401, "Missing refresh token")


async def test_what_is_no_refresh_token_of_ours_is_invalid(
    http: httpx.AsyncClient, ann: Person
) -> None:
    token = ann.refresh_token
    for other in (
        "nonsense",
        ann.access_token,
        token[:-4],
        resigned(token, secret="another secret that is long enough"),
        resigned(token, sid="01a20fdf-529d-763a-af3c-d81e7b49098b"),
        resigned(token, sub="no uuid"),
        resigned(token, iat=claims_of(token)["iat"] + 600),
        "evr_" + "0" * 64,
    ):
        assert refusal(await refresh(http, other)) == INVALID
    assert (await refresh(http, token)).status_code == 200


async def test_a_token_that_was_not_used_in_time_is_expired(
    http: httpx.AsyncClient, ann: Person, database_url: str
) -> None:
    iat = claims_of(ann.refresh_token)["iat"]
    assert refusal(await refresh(http, resigned(ann.refresh_token, exp=iat))) == EXPIRED
    expire = "UPDATE refresh_tokens SET expires_at = '2026-01-01 00:00:00+00:00'"
    await by_hand(database_url, expire)
    assert refusal(await refresh(http, ann.refresh_token)) == EXPIRED
    assert (await me(http, ann.bearer)).status_code == 401


async def test_the_row_s_user_must_be_the_token_s(
    http: httpx.AsyncClient, ann: Person, bob: Person, database_url: str
) -> None:
    hand_over = "UPDATE refresh_tokens SET user_id = (SELECT id FROM users WHERE email = ?)"
    await by_hand(database_url, hand_over, "bob@example.com")
    assert refusal(await refresh(http, ann.refresh_token)) == INVALID
    assert (await me(http, ann.bearer)).status_code == 401
    forged = resigned(ann.refresh_token, sub=bob.id)
    assert refusal(await refresh(http, forged)) == INVALID


async def test_a_disabled_user_s_token_is_invalid(
    http: httpx.AsyncClient, ann: Person, database_url: str
) -> None:
    await by_hand(database_url, "UPDATE users SET disabled_at = '2026-01-01 00:00:00+00:00'")
    assert refusal(await refresh(http, ann.refresh_token)) == INVALID


async def test_the_row_speaks_for_the_user_and_never_the_claims(
    http: httpx.AsyncClient, ann: Person, database_url: str
) -> None:
    await by_hand(database_url, "UPDATE users SET name = ?", "Anna")
    await by_hand(database_url, 'UPDATE users SET roles = \'["user", "editor"]\'')
    claims = claims_of((await refresh(http, ann.refresh_token)).json()["access_token"])
    assert (claims["name"], claims["roles"]) == ("Anna", ["user", "editor"])


async def test_knowing_the_secret_does_not_make_a_refresh_token(
    http: httpx.AsyncClient, ann: Person
) -> None:
    forged = resigned(ann.refresh_token, jti="0" * 64)
    assert refusal(await refresh(http, forged)) == INVALID


async def test_fifty_at_once_give_one_lineage_and_no_error(
    http: httpx.AsyncClient, ann: Person
) -> None:
    answers = await asyncio.gather(*[refresh(http, ann.refresh_token) for _ in range(50)])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    (row,) = await RefreshToken.all()
    assert row.generation == 1
    successor = answers[0].json()["refresh_token"]
    assert (await refresh(http, successor)).status_code == 200
