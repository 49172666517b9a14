"""Times that somebody writes by hand into SQLite, where they are texts, and are compared as such."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from api.settings.database_url import DatabaseUrl
from models import ApiKey, database, schema
from tests.models.rows import NOW, add_key, add_session, add_user
from tests.support.databases import downgrade, execute

pytestmark = pytest.mark.anyio

COLUMNS = [
    *((("users", column)) for column in ("disabled_at", "last_active_at", "created_at")),
    *((("api_keys", column)) for column in ("expires_at", "last_used_at", "created_at")),
    *((("refresh_tokens", column)) for column in ("expires_at", "last_used_at", "created_at")),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_time_is_in_utc_or_refused(opened: str) -> None:
    user = await add_user()
    await add_key(user)
    await add_session(user)
    for table, column in COLUMNS:
        for fit in ("2026-11-26 14:21", "2026-11-26 14:21:24.5+00:00", "2026-11-26 14:21:24Z"):
            await execute(opened, f"UPDATE {table} SET {column} = '{fit}'")
        for odd in ("2026-11-26 14:21:24-05:00", "2026-11-26 14:21+14:00", "2026-11-26 24:00:00"):
            with pytest.raises(sqlite3.IntegrityError, match="a time is kept in UTC"):
                await execute(opened, f"UPDATE {table} SET {column} = '{odd}'")
    with pytest.raises(sqlite3.IntegrityError, match="a time is kept in UTC"):
        await execute(
            opened,
            "INSERT INTO api_keys (id, user_id, name, key_hash, key_prefix, scopes, expires_at, "
            "created_at) SELECT 'a', user_id, name, replace(key_hash, 'a', 'b'), key_prefix, scopes,"
            " '2026-11-26 14:21:24-05:00', created_at FROM api_keys",
        )


@pytest.mark.parametrize("empty_database_url", ["sqlite"], indirect=True)
async def test_what_was_written_before_is_put_into_utc(empty_database_url: str) -> None:
    url = DatabaseUrl.parse(empty_database_url)
    await schema.migrate(url)
    async with database.opened(url):
        key = await add_key(await add_user(), expires_at=NOW)
        other = await add_key(await add_user("bob@example.com"), "evr_two", expires_at=NOW)
        await downgrade(url, 8)
        await execute(
            empty_database_url,
            "UPDATE api_keys SET expires_at = '2026-11-26 14:21:24.250000-05:00' "
            f"WHERE id = '{key.id}'",
        )
    await schema.migrate(url)
    async with database.opened(url):
        found, left = await ApiKey.by_id(key.id), await ApiKey.by_id(other.id)
        assert found is not None and left is not None
        assert found.expires_at == datetime(2026, 11, 26, 19, 21, 24, 250_000, UTC)
        assert left.expires_at is not None
        assert abs(left.expires_at - NOW) < timedelta(microseconds=1)
        ((text,),) = [
            row.values()
            for row in await database.connection().execute_query_dict(
                f"SELECT expires_at FROM api_keys WHERE id = '{key.id}'"
            )
        ]
        assert text == "2026-11-26 19:21:24.250+00:00"
