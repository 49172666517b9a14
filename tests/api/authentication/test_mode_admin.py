from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from models import RefreshToken, User
from tests.api.clients import (
    OPERATOR_EMAIL,
    OPERATOR_PASSWORD,
    answering,
    by_hand,
    in_mode,
)
from tests.api.people import log_in, me, new_key, refresh, refusal, registered, signed_in
from tests.support.people import bearer

pytestmark = pytest.mark.anyio

REFUSED = (401, "Invalid email or password")


@pytest.fixture
async def http(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with answering(in_mode(database_url, "admin")) as client:
        yield client


async def test_the_environment_s_operator_signs_in(http: httpx.AsyncClient) -> None:
    root = await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
    shown = (await me(http, root.bearer)).json()
    assert (shown["name"], shown["roles"]) == ("Admin", ["admin"])
    assert shown["email"] == OPERATOR_EMAIL
    answer = await log_in(http, " ROOT@Example.com ", OPERATOR_PASSWORD)
    assert answer.status_code == 200


async def test_nobody_else_signs_in(http: httpx.AsyncClient) -> None:
    for email, password in (
        (OPERATOR_EMAIL, "not it"),
        (OPERATOR_EMAIL, ""),
        (OPERATOR_EMAIL, OPERATOR_PASSWORD + " "),
        ("other@example.com", OPERATOR_PASSWORD),
        ("", OPERATOR_PASSWORD),
        ("anonymous@local", OPERATOR_PASSWORD),
    ):
        assert refusal(await log_in(http, email, password)) == REFUSED


async def test_the_row_is_made_again_at_need(http: httpx.AsyncClient, database_url: str) -> None:
    await by_hand(database_url, "DELETE FROM users")
    root = await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
    assert (await me(http, root.bearer)).json()["roles"] == ["admin"]


async def test_there_is_no_registration(http: httpx.AsyncClient) -> None:
    form = {"email": "ann@example.com", "password": "correct horse battery"}
    answer = await http.post("/v1/auth/register", json=form)
    assert refusal(answer) == (403, "Registration is disabled")


async def test_its_password_is_changed_in_the_environment_alone(
    http: httpx.AsyncClient,
) -> None:
    root = await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
    form = {"current_password": OPERATOR_PASSWORD, "new_password": "another password"}
    answer = await http.post("/v1/auth/password", json=form, headers=root.bearer)
    assert answer.status_code == 409
    assert "AUTH_ADMIN_PASSWORD" in answer.json()["error"]


async def test_a_password_written_into_the_row_opens_nothing(
    http: httpx.AsyncClient, database_url: str
) -> None:
    # bcrypt of "written by hand"
    await by_hand(
        database_url,
        "UPDATE users SET password_hash = ?",
        "$2b$04$abcdefghijklmnopqrstuuKOYe4L.Lpa8wbQZSNrNgxUS3LCyBQAq",
    )
    assert refusal(await log_in(http, OPERATOR_EMAIL, "written by hand")) == REFUSED
    assert (await log_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)).status_code == 200


async def test_a_disabled_operator_stays_out(http: httpx.AsyncClient, database_url: str) -> None:
    root = await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
    await by_hand(database_url, "UPDATE users SET disabled_at = '2026-01-01 00:00:00+00:00'")
    assert (await me(http, root.bearer)).status_code == 401
    answer = await log_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
    assert refusal(answer) == REFUSED


async def test_keys_of_the_operator_work(http: httpx.AsyncClient) -> None:
    root = await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
    key = (await new_key(http, root))["key"]
    assert (await me(http, bearer(key))).json()["id"] == root.id


async def test_nobody_else_s_keys_and_sessions_work(database_url: str) -> None:
    async with answering(in_mode(database_url, "full")) as http:
        ann = await registered(http)
        key = (await new_key(http, ann))["key"]
        await by_hand(database_url, "UPDATE users SET roles = '[\"admin\"]'")
    async with answering(in_mode(database_url, "admin")) as http:
        assert refusal(await me(http, bearer(key))) == (401, "Invalid API key")
        answer = await me(http, ann.bearer)
        assert refusal(answer) == (401, "Invalid or expired token")
        answer = await refresh(http, ann.refresh_token)
        assert refusal(answer) == (401, "Invalid refresh token")
    async with answering(in_mode(database_url, "full")) as http:
        assert (await me(http, ann.bearer)).status_code == 200


async def test_a_changed_password_ends_the_sessions_at_start(database_url: str) -> None:
    async with answering(in_mode(database_url, "admin")) as http:
        root = await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
    async with answering(in_mode(database_url, "admin")) as http:
        assert (await me(http, root.bearer)).status_code == 200
    changed = {"AUTH_ADMIN_PASSWORD": "the operator's newer words"}
    async with answering(in_mode(database_url, "admin", **changed)) as http:
        assert (await me(http, root.bearer)).status_code == 401
        assert (await refresh(http, root.refresh_token)).status_code == 401
        assert await RefreshToken.all() == []
        answer = await log_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
        assert refusal(answer) == REFUSED


async def test_a_changed_address_names_another_operator(database_url: str) -> None:
    async with answering(in_mode(database_url, "admin")) as http:
        root = await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
        key = (await new_key(http, root))["key"]
    moved = in_mode(database_url, "admin", AUTH_ADMIN_EMAIL="boss@example.com")
    async with answering(moved) as http:
        assert (await me(http, root.bearer)).status_code == 401
        assert (await me(http, bearer(key))).status_code == 401
        boss = await signed_in(http, "boss@example.com", OPERATOR_PASSWORD)
        assert (await me(http, boss.bearer)).json()["name"] == "Admin"


async def test_whoever_registered_the_address_first_inherits_nothing(
    database_url: str,
) -> None:
    async with answering(in_mode(database_url, "full")) as http:
        squatter = await registered(http, OPERATOR_EMAIL, "Squatter")
        key = (await new_key(http, squatter))["key"]
    async with answering(in_mode(database_url, "admin")) as http:
        assert (await me(http, squatter.bearer)).status_code == 401
        assert (await me(http, bearer(key))).status_code == 401
        await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
        user = await User.by_email(OPERATOR_EMAIL)
        assert user is not None and user.roles == ["admin"]
