"""AUTH_ADMIN_EMAIL and AUTH_ADMIN_PASSWORD in mode full."""

from __future__ import annotations

import httpx
import pytest

from api.settings import Settings
from models import ANONYMOUS_ID, User
from tests.api.clients import (
    OPERATOR,
    OPERATOR_EMAIL,
    OPERATOR_PASSWORD,
    answering,
    by_hand,
    in_mode,
)
from tests.api.people import audited, log_in, me, new_key, refresh, registered, signed_in
from tests.support.people import bearer

pytestmark = pytest.mark.anyio


def with_operator(url: str) -> Settings:
    return in_mode(url, "full", **OPERATOR)


async def roles_of(http: httpx.AsyncClient, email: str) -> list[str]:
    user = await User.by_email(email)
    assert user is not None
    return user.roles


async def test_the_operator_is_created_at_start_if_absent(database_url: str) -> None:
    for _ in range(2):
        async with answering(with_operator(database_url)) as http:
            root = await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
            assert (await me(http, root.bearer)).json()["roles"] == ["admin"]
            assert len(await audited("auth.user.created")) == 1


async def test_an_account_becomes_operator_only_where_there_is_none(
    database_url: str,
) -> None:
    async with answering(in_mode(database_url, "full")) as http:
        squatter = await registered(http, OPERATOR_EMAIL)
        key = (await new_key(http, squatter))["key"]
        bystander = await registered(http)
    async with answering(with_operator(database_url)) as http:
        assert await roles_of(http, OPERATOR_EMAIL) == ["admin"]
        assert (await log_in(http, OPERATOR_EMAIL)).status_code == 401
        assert (await me(http, squatter.bearer)).status_code == 401
        assert (await refresh(http, squatter.refresh_token)).status_code == 401
        assert (await me(http, bearer(key))).status_code == 401
        assert (await me(http, bystander.bearer)).status_code == 200
        await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)


async def test_with_another_operator_the_account_is_left_alone(
    database_url: str,
) -> None:
    async with answering(in_mode(database_url, "full")) as http:
        squatter = await registered(http, OPERATOR_EMAIL)
        await registered(http)
        promote = "UPDATE users SET roles = '[\"admin\"]' WHERE email = ?"
        await by_hand(database_url, promote, "ann@example.com")
    async with answering(with_operator(database_url)) as http:
        assert await roles_of(http, OPERATOR_EMAIL) == ["user"]
        assert (await me(http, squatter.bearer)).status_code == 200
        assert (await log_in(http, OPERATOR_EMAIL)).status_code == 200
        answer = await log_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
        assert answer.status_code == 401


async def test_disabled_operators_and_the_anonymous_one_do_not_count(
    database_url: str,
) -> None:
    async with answering(in_mode(database_url, "none")):
        assert await User.by_id(ANONYMOUS_ID) is not None
    async with answering(in_mode(database_url, "full")) as http:
        await registered(http, OPERATOR_EMAIL)
        await registered(http)
        retire = (
            "UPDATE users SET roles = '[\"admin\"]',"
            " disabled_at = '2026-01-01 00:00:00+00:00' WHERE email = ?"
        )
        await by_hand(database_url, retire, "ann@example.com")
    async with answering(with_operator(database_url)) as http:
        await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
        assert await roles_of(http, OPERATOR_EMAIL) == ["admin"]


async def test_a_password_that_the_operator_chose_survives_a_restart(
    database_url: str,
) -> None:
    async with answering(with_operator(database_url)) as http:
        root = await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
        form = {"current_password": OPERATOR_PASSWORD, "new_password": "my own choice"}
        answer = await http.post("/v1/auth/password", json=form, headers=root.bearer)
        assert answer.status_code == 204
    async with answering(with_operator(database_url)) as http:
        await signed_in(http, OPERATOR_EMAIL, "my own choice")
        assert (await me(http, root.bearer)).status_code == 200
