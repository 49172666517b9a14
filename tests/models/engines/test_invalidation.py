"""What counts as a change, on both engines, also when it is written by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from api.settings.database_url import DatabaseUrl
from models import ApiKey, RefreshToken, database
from models.engines.invalidation import Invalidation
from models.engines.postgresql.client import connect_arguments
from models.engines.postgresql.invalidation import PostgresqlInvalidation
from models.engines.sqlite.invalidation import SqliteInvalidation
from tests.support.databases import execute
from tests.support.waiting import RecordingListener, until

pytestmark = pytest.mark.anyio

ANN = "00000000-0000-7000-8000-00000000000a"
BOB = "00000000-0000-7000-8000-00000000000b"
KEY = "00000000-0000-7000-8000-0000000000c1"
SESSION = "00000000-0000-7000-8000-0000000000d1"
LATER = "2030-01-01 00:00:00+00:00"
EARLIER = "2029-01-01 00:00:00+00:00"


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[tuple[Invalidation, RecordingListener]]:
    listener, where = RecordingListener(), DatabaseUrl.parse(url)
    changes: Invalidation = (
        SqliteInvalidation(where.path, listener)
        if where.path is not None
        else PostgresqlInvalidation(connect_arguments(where), listener)
    )
    await changes.start()
    await until(changes.is_current)
    listener.heard.clear()
    try:
        yield changes, listener
    finally:
        await changes.stop()


def user(identity: str, email: str) -> str:
    return (
        "INSERT INTO users (id, email, name, roles, email_verified, created_at, updated_at) "
        f"VALUES ('{identity}', '{email}', 'A', '[\"user\"]', false, '{EARLIER}', '{EARLIER}')"
    )


def key(identity: str, digest: str) -> str:
    return (
        "INSERT INTO api_keys (id, user_id, name, key_hash, key_prefix, scopes, expires_at, "
        f"created_at) VALUES ('{identity}', '{ANN}', 'k', '{digest}', 'evr_', '[\"*\"]', "
        f"'{LATER}', '{EARLIER}')"
    )


def session(identity: str, digest: str) -> str:
    return (
        "INSERT INTO refresh_tokens (id, user_id, token_hash, seed, generation, rotated_at, "
        f"last_used_at, expires_at, created_at) VALUES ('{identity}', '{ANN}', '{digest}', "
        f"'{'0' * 64}', 0, '{EARLIER}', '{EARLIER}', '{LATER}', '{EARLIER}')"
    )


@pytest.fixture
async def url(database_url: str) -> str:
    for statement in (
        user(ANN, "ann@example.com"),
        user(BOB, "bob@example.com"),
        key(KEY, "a" * 64),
        session(SESSION, "b" * 64),
    ):
        await execute(database_url, statement)
    return database_url


CHANGES = {
    "name": (f"UPDATE users SET name = 'B' WHERE id = '{ANN}'", f"user:{ANN}"),
    "email": (f"UPDATE users SET email = 'x@y.z' WHERE id = '{ANN}'", f"user:{ANN}"),
    "avatar": (f"UPDATE users SET avatar_url = 'u' WHERE id = '{ANN}'", f"user:{ANN}"),
    "roles": (f"UPDATE users SET roles = '[]' WHERE id = '{ANN}'", f"user:{ANN}"),
    "verified": (f"UPDATE users SET email_verified = true WHERE id = '{ANN}'", f"user:{ANN}"),
    "disabled": (
        f"UPDATE users SET disabled_at = CURRENT_TIMESTAMP WHERE id = '{ANN}'",
        f"user:{ANN}",
    ),
    "user gone": (f"DELETE FROM users WHERE id = '{ANN}'", f"user:{ANN}"),
    "key hash": (f"UPDATE api_keys SET key_hash = '{'c' * 64}'", f"key:{KEY}"),
    "key owner": (f"UPDATE api_keys SET user_id = '{BOB}'", f"key:{KEY}"),
    "scopes": ("UPDATE api_keys SET scopes = '[]'", f"key:{KEY}"),
    "key expiry": (f"UPDATE api_keys SET expires_at = '{EARLIER}'", f"key:{KEY}"),
    "key gone": ("DELETE FROM api_keys", f"key:{KEY}"),
    "session owner": (f"UPDATE refresh_tokens SET user_id = '{BOB}'", f"session:{SESSION}"),
    "session ends earlier": (
        f"UPDATE refresh_tokens SET expires_at = '{EARLIER}'",
        f"session:{SESSION}",
    ),
    "session gone": ("DELETE FROM refresh_tokens", f"session:{SESSION}"),
}

NO_CHANGES = {
    "a key's use": f"UPDATE api_keys SET last_used_at = '{LATER}', last_used_ip = '::1'",
    "a rotation": (
        f"UPDATE refresh_tokens SET token_hash = '{'d' * 64}', previous_token_hash = token_hash, "
        f"generation = 1, rotated_at = '{LATER}', last_used_at = '{LATER}', "
        "expires_at = '2031-01-01 00:00:00+00:00'"
    ),
    "a sign-in": f"UPDATE users SET last_active_at = '{LATER}', password_hash = 'x'",
    "the same again": "UPDATE users SET name = name, roles = roles",
    "no row": "DELETE FROM api_keys WHERE name = 'nobody has this'",
    "a new user": user("00000000-0000-7000-8000-00000000000f", "new@example.com"),
    "a new key": key("00000000-0000-7000-8000-0000000000ff", "e" * 64),
    "a new session": session("00000000-0000-7000-8000-0000000000fe", "f" * 64),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_a_change_is_heard(url: str, name: str) -> None:
    statement, named = CHANGES[name]
    async with listening(url) as (changes, listener):
        await execute(url, statement)
        await changes.settle()
        assert changes.is_current()
        expected = "all" if url.startswith("sqlite") else named
        assert expected in listener.heard


@pytest.mark.parametrize("name", NO_CHANGES)
async def test_what_no_answer_shows_is_no_change(url: str, name: str) -> None:
    async with listening(url) as (changes, listener):
        await execute(url, NO_CHANGES[name])
        await changes.settle()
        assert changes.is_current()
        assert listener.heard == []


async def test_a_deleted_user_takes_sessions_and_keys_along(url: str) -> None:
    async with listening(url) as (changes, listener):
        await execute(url, f"DELETE FROM users WHERE id = '{ANN}'")
        await changes.settle()
        assert changes.is_current()
        if not url.startswith("sqlite"):
            assert {f"user:{ANN}", f"key:{KEY}", f"session:{SESSION}"} <= set(listener.heard)
    # With foreign keys off too, as in the sqlite3 shell.
    async with database.opened(DatabaseUrl.parse(url)):
        assert await ApiKey.all().count() == await RefreshToken.all().count() == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_replaced_row_is_heard_on_sqlite(url: str) -> None:
    for statement in (
        user(ANN, "ann@example.com"),
        key(KEY, "a" * 64),
        session(SESSION, "b" * 64),
        user("00000000-0000-7000-8000-0000000000aa", "bob@example.com"),
    ):
        async with listening(url) as (changes, listener):
            await execute(url, statement.replace("INSERT", "REPLACE"))
            assert changes.is_current()
            assert listener.heard == ["all"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_truncated_table_is_everything_on_postgresql(url: str) -> None:
    async with listening(url) as (changes, listener):
        await execute(url, "TRUNCATE api_keys")
        await changes.settle()
        assert listener.heard == ["all"]


async def test_more_rows_than_can_be_named_are_everything(url: str) -> None:
    for number in range(101):
        await execute(url, user(f"00000000-0000-7000-9000-{number:012}", f"u{number}@example.com"))
    async with listening(url) as (changes, listener):
        await execute(url, "UPDATE users SET name = 'all of them'")
        await changes.settle()
        assert changes.is_current()
        assert listener.heard == ["all"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_changes_in_one_statement_are_both_named_on_postgresql(url: str) -> None:
    async with listening(url) as (changes, listener):
        await execute(url, "UPDATE users SET name = 'both'")
        await changes.settle()
        assert set(listener.heard) == {f"user:{ANN}", f"user:{BOB}"}


async def test_a_file_that_cannot_be_read_is_not_trusted(tmp_path: Path) -> None:
    listener = RecordingListener()
    changes = SqliteInvalidation(tmp_path / "nothing.db", listener)
    assert not changes.is_current()
    assert "all" in listener.heard
