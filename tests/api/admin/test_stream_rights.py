"""Who loses the right to listen is told nothing more, within a second, and is refused afterwards."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from models import events
from models.event_position import Position, Row
from tests.api.clients import (
    OPERATOR_EMAIL,
    OPERATOR_PASSWORD,
    answering,
    app_of,
    by_hand,
    in_mode,
)
from tests.api.people import new_key, signed_in
from tests.support.people import Person, bearer
from tests.support.streams import PATH, listening

pytestmark = pytest.mark.anyio

# One second is promised; the machine of the tests has other things to do as well.
SOON = 8.0


CHANGES_BY_HAND = {
    "signed out": ("DELETE FROM refresh_tokens WHERE user_id = ?", 401),
    "expired": (
        "UPDATE refresh_tokens SET expires_at = '2020-01-01 00:00:00+00:00' WHERE user_id = ?",
        401,
    ),
    "demoted": ("""UPDATE users SET roles = '["user"]' WHERE id = ?""", 403),
    "disabled": ("UPDATE users SET disabled_at = '2026-01-01 00:00:00+00:00' WHERE id = ?", 401),
    "deleted": ("DELETE FROM users WHERE id = ?", 401),
}


@pytest.mark.parametrize("name", CHANGES_BY_HAND)
async def test_who_may_not_listen_any_more_is_told_nothing_more(
    http: httpx.AsyncClient, database_url: str, root: Person, name: str
) -> None:
    statement, status = CHANGES_BY_HAND[name]
    async with listening(app_of(http), root.bearer) as stream:
        await by_hand(database_url, statement, root.id)
        await asyncio.wait_for(stream.ends(), SOON)
        assert stream.kinds == ["listening"]
    assert (await http.get(PATH, headers=root.bearer)).status_code == status


KEYS_BY_HAND = {
    "revoked": ("DELETE FROM api_keys WHERE id = ?", 401),
    "expired": (
        "UPDATE api_keys SET expires_at = '2020-01-01 00:00:00+00:00' WHERE id = ?",
        401,
    ),
    "without the scope": ("""UPDATE api_keys SET scopes = '["keys:read"]' WHERE id = ?""", 403),
}


@pytest.mark.parametrize("name", KEYS_BY_HAND)
async def test_a_key_that_may_not_listen_any_more_is_told_nothing_more(
    http: httpx.AsyncClient, database_url: str, root: Person, name: str
) -> None:
    statement, status = KEYS_BY_HAND[name]
    key = await new_key(http, root)
    async with listening(app_of(http), bearer(key["key"])) as stream:
        await stream.hears("key_used")
        await by_hand(database_url, statement, key["id"])
        await asyncio.wait_for(stream.ends(), SOON)
        assert set(stream.kinds) == {"listening", "key_used"}
    assert (await http.get(PATH, headers=bearer(key["key"]))).status_code == status


async def test_who_loses_the_right_while_it_is_gathered_is_told_nothing_of_what_was_missed(
    http: httpx.AsyncClient, database_url: str, root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    position, since = str(await events.present()), events.since

    async def slow(after: Position) -> tuple[list[Row], Position]:
        if str(after) == position:
            await by_hand(database_url, "DELETE FROM refresh_tokens WHERE user_id = ?", root.id)
        return await since(after)

    monkeypatch.setattr(events, "since", slow)
    async with listening(app_of(http), root.bearer, after=position) as stream:
        await asyncio.wait_for(stream.ends(), SOON)
        assert stream.status == 401
        assert stream.told == []


async def test_who_signs_out_stops_listening(http: httpx.AsyncClient, root: Person) -> None:
    other = await signed_in(http, root.email)
    async with (
        listening(app_of(http), root.bearer) as stream,
        listening(app_of(http), other.bearer) as stays,
    ):
        await http.post("/v1/auth/logout", headers=root.bearer)
        await asyncio.wait_for(stream.ends(), SOON)
        await stays.hears("session_ended", id=root.session_id)


async def test_a_token_that_runs_out_stops_listening(database_url: str) -> None:
    settings = in_mode(database_url, "admin", AUTH_JWT_ACCESS_TOKEN_LIFETIME="2")
    async with answering(settings) as http:
        operator = await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
        async with listening(app_of(http), operator.bearer) as stream:
            await asyncio.wait_for(stream.ends(), 2 + SOON)
        assert (await http.get(PATH, headers=operator.bearer)).status_code == 401
