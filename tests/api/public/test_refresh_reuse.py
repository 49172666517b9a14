from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from models import RefreshToken
from tests.api.clients import answering, in_mode
from tests.api.people import audited, me, refresh, refusal, registered, signed_in
from tests.support.applications import SECRET
from tests.support.people import Person, bearer

pytestmark = pytest.mark.anyio

INVALID = (401, "Invalid refresh token")
REUSE = "auth.refresh.reuse_detected"
NEW_SECRET = "a newer secret of the tests, long enough"


async def successor(http: httpx.AsyncClient, token: str) -> str:
    answer = await refresh(http, token)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["refresh_token"])


async def let_the_grace_pass() -> None:
    """Make every rotation eleven seconds older than it is."""
    for row in await RefreshToken.all():
        row.rotated_at -= timedelta(seconds=11)
        await row.save()


async def test_within_the_grace_the_previous_token_gets_the_same_successor(
    http: httpx.AsyncClient, ann: Person
) -> None:
    first = await successor(http, ann.refresh_token)
    assert await successor(http, ann.refresh_token) == first
    assert await successor(http, ann.refresh_token) == first
    assert await successor(http, first) != first
    assert await audited(REUSE) == []


async def test_a_replay_writes_nothing(http: httpx.AsyncClient, ann: Person) -> None:
    await successor(http, ann.refresh_token)
    before = await RefreshToken.all().values()
    await successor(http, ann.refresh_token)
    assert await RefreshToken.all().values() == before


async def test_a_used_refresh_token_ends_its_session(http: httpx.AsyncClient, ann: Person) -> None:
    other = await signed_in(http)
    current = await http.post("/v1/auth/refresh", json={"refresh_token": ann.refresh_token})
    await let_the_grace_pass()
    assert refusal(await refresh(http, ann.refresh_token)) == INVALID
    body = current.json()
    assert refusal(await refresh(http, body["refresh_token"])) == INVALID
    assert (await me(http, bearer(body["access_token"]))).status_code == 401
    assert (await me(http, ann.bearer)).status_code == 401
    assert (await me(http, other.bearer)).status_code == 200
    (event,) = await audited(REUSE)
    assert (event.outcome, str(event.user_id)) == ("failure", ann.id)
    assert ann.session_id in str(event.detail)


async def test_an_older_token_ends_the_session_at_any_time(
    http: httpx.AsyncClient, ann: Person
) -> None:
    second = await successor(http, ann.refresh_token)
    third = await successor(http, second)
    assert refusal(await refresh(http, ann.refresh_token)) == INVALID
    assert refusal(await refresh(http, third)) == INVALID
    assert len(await audited(REUSE)) == 1


async def test_the_current_token_is_good_for_as_long_as_it_lives(
    http: httpx.AsyncClient, ann: Person
) -> None:
    second = await successor(http, ann.refresh_token)
    await let_the_grace_pass()
    assert (await refresh(http, second)).status_code == 200


async def test_a_reuse_is_recorded_once_however_many_try(
    http: httpx.AsyncClient, ann: Person
) -> None:
    await successor(http, ann.refresh_token)
    await let_the_grace_pass()
    answers = await asyncio.gather(*[refresh(http, ann.refresh_token) for _ in range(10)])
    assert {refusal(answer) for answer in answers} == {INVALID}
    assert len(await audited(REUSE)) == 1


async def test_a_grace_of_nothing_means_strictly_once(database_url: str) -> None:
    settings = in_mode(database_url, "full", AUTH_REFRESH_REUSE_GRACE="0")
    async with answering(settings) as http:
        ann = await registered(http)
        second = await successor(http, ann.refresh_token)
        assert refusal(await refresh(http, ann.refresh_token)) == INVALID
        assert refusal(await refresh(http, second)) == INVALID


async def test_the_secret_rotates_without_logging_anyone_out(database_url: str) -> None:
    async with answering(in_mode(database_url, "full")) as http:
        ann = await registered(http)
    rotated = in_mode(
        database_url,
        "full",
        AUTH_JWT_SECRET=NEW_SECRET,
        AUTH_JWT_SECRET_PREVIOUS=f"an even older one, {SECRET}",
    )
    async with answering(rotated) as http:
        assert (await me(http, ann.bearer)).status_code == 200
        second = await successor(http, ann.refresh_token)
        assert await successor(http, ann.refresh_token) == second
    only_new = in_mode(database_url, "full", AUTH_JWT_SECRET=NEW_SECRET)
    async with answering(only_new) as http:
        assert (await me(http, ann.bearer)).status_code == 401
        assert (await refresh(http, second)).status_code == 200


async def test_a_successor_that_an_earlier_secret_signed_is_given_again(
    database_url: str,
) -> None:
    async with answering(in_mode(database_url, "full")) as http:
        ann = await registered(http)
        second = await successor(http, ann.refresh_token)
    rotated = in_mode(
        database_url,
        "full",
        AUTH_JWT_SECRET=NEW_SECRET,
        AUTH_JWT_SECRET_PREVIOUS=SECRET,
        AUTH_JWT_REFRESH_TOKEN_LIFETIME="60",
    )
    async with answering(rotated) as http:
        assert await successor(http, ann.refresh_token) == second
