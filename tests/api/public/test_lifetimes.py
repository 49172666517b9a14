"""What is in the tokens, and how long they and their session live."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from models import RefreshToken, User
from tests.api.clients import answering, in_mode
from tests.api.people import log_in, refresh, registered
from tests.support.people import Person, claims_of

pytestmark = pytest.mark.anyio


async def test_the_tokens_hold_the_claims_that_other_services_read(
    http: httpx.AsyncClient, ann: Person
) -> None:
    access, refresh = claims_of(ann.access_token), claims_of(ann.refresh_token)
    assert set(access) == {
        *("sub", "email", "name", "roles", "token_type"),
        *("exp", "iat", "sid", "jti"),
    }
    assert set(refresh) == {"sub", "token_type", "exp", "iat", "sid", "jti"}
    assert (access["token_type"], refresh["token_type"]) == ("access", "refresh")
    assert access["exp"] - access["iat"] == 900
    assert refresh["exp"] - refresh["iat"] == 2_592_000
    assert access["sid"] == refresh["sid"]


async def test_the_lifetimes_are_settings(database_url: str) -> None:
    settings = in_mode(
        database_url,
        "full",
        AUTH_JWT_ACCESS_TOKEN_LIFETIME="60",
        AUTH_JWT_REFRESH_TOKEN_LIFETIME="7200",
    )
    async with answering(settings) as http:
        ann = await registered(http)
        assert (await log_in(http)).json()["expires_in"] == 60
    access, refresh = claims_of(ann.access_token), claims_of(ann.refresh_token)
    assert access["exp"] - access["iat"] == 60
    assert refresh["exp"] - refresh["iat"] == 7200


async def lifetime_left(url: str, cap: str, age: timedelta) -> timedelta:
    """How long the successor lives that a session of this age is given."""
    async with answering(in_mode(url, "full", AUTH_SESSION_MAX_LIFETIME=cap)) as http:
        ann = await registered(http)
        user = await User.all().get()
        await RefreshToken.all().update(created_at=user.created_at - age)
        answer = await refresh(http, ann.refresh_token)
    claims = claims_of(answer.json()["refresh_token"])
    return timedelta(seconds=claims["exp"] - claims["iat"])


async def test_no_rotation_extends_a_session_past_its_cap(database_url: str) -> None:
    left = await lifetime_left(database_url, "3600", timedelta(minutes=50))
    assert timedelta(minutes=9) < left <= timedelta(minutes=10, seconds=1)


async def test_without_a_cap_every_rotation_gives_the_whole_lifetime(
    database_url: str,
) -> None:
    left = await lifetime_left(database_url, "0", timedelta(days=1000))
    assert left == timedelta(seconds=2_592_000)


async def test_a_session_older_than_a_lowered_cap_is_over(database_url: str) -> None:
    async with answering(in_mode(database_url, "full", AUTH_SESSION_MAX_LIFETIME="3600")) as http:
        ann = await registered(http)
        user = await User.all().get()
        await RefreshToken.all().update(created_at=user.created_at - timedelta(hours=2))
        answer = await refresh(http, ann.refresh_token)
    assert answer.status_code == 401
    assert answer.json()["error"] == "Refresh token expired"
