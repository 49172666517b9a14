"""A user is deleted at the very moment of a request that writes: a clean refusal, and no row."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import asyncpg
import httpx
import pytest

from models import ApiKey, KnownNetwork, RefreshToken
from tests.api.clients import by_hand
from tests.api.people import refusal
from tests.support.people import PASSWORD, Person

pytestmark = pytest.mark.anyio

NEW_PASSWORD = "another horse, another battery"


@asynccontextmanager
async def deleting(url: str, user_id: str) -> AsyncIterator[None]:
    """The user is being deleted inside the block, and gone for everybody at its end."""
    statement = f"DELETE FROM users WHERE id = '{user_id}'"
    if url.startswith("sqlite://"):
        file = url.removeprefix("sqlite://")
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(statement)
            yield
            connection.execute("COMMIT")
        return
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute(statement)
            yield
    finally:
        await connection.close()


REQUESTS = {
    "key": ("POST", "/v1/auth/api-keys", {"name": "ci"}),
    "name": ("PATCH", "/v1/auth/me", {"name": "Anna"}),
    "password": (
        "POST",
        "/v1/auth/password",
        {"current_password": PASSWORD, "new_password": NEW_PASSWORD},
    ),
    "login": ("POST", "/v1/auth/login", {"email": "ann@example.com", "password": PASSWORD}),
}


@pytest.mark.parametrize("what", [*REQUESTS, "refresh"])
async def test_what_the_user_writes_is_refused(
    http: httpx.AsyncClient, ann: Person, database_url: str, what: str
) -> None:
    method, path, body = REQUESTS.get(
        what, ("POST", "/v1/auth/refresh", {"refresh_token": ann.refresh_token})
    )
    async with deleting(database_url, ann.id):
        asked = asyncio.create_task(http.request(method, path, json=body, headers=ann.bearer))
        # Long enough to be let in, and to wait for the deletion.
        await asyncio.sleep(0.3)
    answer = await asked
    assert answer.status_code == 401, answer.text
    for rows in (ApiKey, RefreshToken, KnownNetwork):
        assert await rows.all().count() == 0


async def test_what_an_operator_writes_about_the_user_is_refused(
    http: httpx.AsyncClient, ann: Person, bob: Person, database_url: str
) -> None:
    await by_hand(database_url, """UPDATE users SET roles = '["admin"]' WHERE id = ?""", bob.id)
    async with deleting(database_url, ann.id):
        asked = asyncio.create_task(
            http.patch(f"/v1/admin/users/{ann.id}", json={"disabled": True}, headers=bob.bearer)
        )
        await asyncio.sleep(0.3)
    assert refusal(await asked) == (404, "User not found")
