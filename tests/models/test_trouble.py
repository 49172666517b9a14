"""What is the database's fault: told by its own codes, not by the ORM's classes."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from tortoise.exceptions import OperationalError

from api.settings.database_url import DatabaseUrl
from models import User, database
from models.explanation import explained
from models.trouble import trouble_of
from tests.models.rows import add_user
from tests.support.troubles import trouble

pytestmark = pytest.mark.anyio

RAISE = "DO $$ BEGIN RAISE EXCEPTION 'said so' USING ERRCODE = '{}'; END $$"
THE_DATABASES = (
    *("08006", "25006", "25P02", "28P01", "3D000", "40001", "40P01", "42501", "42P01", "26000"),
    *("53100", "53200", "53300", "55P03", "57014", "57P01", "57P03", "58030", "XX001"),
)
OURS = ("22021", "22P02", "23503", "23505", "42601", "42703", "42883", "0A000", "P0001")
KINDS = {"25006": "read-only", "42501": "read-only", "53100": "full", "55P03": "locked"}


def spoil(file: Path) -> None:
    with file.open("r+b") as handle:
        handle.seek(8192)
        handle.write(b"\x5a" * (file.stat().st_size - 8192))


async def met(statement: str) -> Exception:
    """What a caller sees of a statement that fails, inside a transaction and outside."""
    seen: list[Exception] = []
    for _ in range(2):
        try:
            async with database.transaction():
                await database.connection().execute_query(statement)
        except Exception as error:  # noqa: BLE001 - which it is, is the question
            seen.append(error)
    return seen[-1]


@pytest.mark.parametrize("code", [*THE_DATABASES, *OURS])
async def test_postgresql_is_believed_by_its_code(postgresql_url: str, code: str) -> None:
    async with database.opened(DatabaseUrl.parse(postgresql_url)):
        told = trouble_of(await met(RAISE.format(code)))
        await database.ping()
    if code in OURS:
        assert told is None
    else:
        assert told is not None
        assert (told.kind, told.code) == (KINDS.get(code, "silent"), code)


async def test_a_value_that_the_driver_refuses_is_ours(postgresql_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(postgresql_url)):
        with pytest.raises(OperationalError) as caught:
            await database.connection().execute_query("SELECT $1::int", ["no number"])
        assert trouble_of(caught.value) is None


async def test_a_full_file_is_full_and_takes_writes_once_there_is_room(sqlite_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        await database.connection().execute_query("PRAGMA max_page_count = 1")
        with pytest.raises(OperationalError) as full:
            await add_users(500)
        assert getattr(trouble_of(full.value), "kind", None) == "full"
        count = await User.all().count()
        await database.connection().execute_query("PRAGMA max_page_count = 1000000")
        await add_user("last@x.org")
        assert await User.all().count() == count + 1


async def add_users(count: int) -> None:
    for number in range(count):
        await add_user(f"{number}@x.org")


@pytest.mark.parametrize("statement", ["SELECT nonsense", "SELECT * FROM users WHERE nope = 1"])
async def test_a_misspelt_statement_is_ours(own_database_url: str, statement: str) -> None:
    async with database.opened(DatabaseUrl.parse(own_database_url)):
        assert trouble_of(await met(statement)) is None


async def test_a_table_that_is_not_there_is_no_bug(own_database_url: str) -> None:
    url = DatabaseUrl.parse(own_database_url)
    async with database.opened(url):
        error = await met("SELECT * FROM missing")
        assert trouble_of(error) is not None
        assert "everruns-admin migrate" in str(await explained(url, error))


async def test_a_broken_file_is_trouble(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite://"))
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        await asyncio.to_thread(spoil, file)
        with trouble():
            await User.everyone()


async def test_nothing_of_a_refused_commit_is_kept(sqlite_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        # Checked at the commit, which then fails and leaves the transaction open.
        await database.connection().execute_query("PRAGMA defer_foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError):
            async with database.transaction():
                await add_orphan()
        await add_user()
        assert await keys() == 0


async def add_orphan() -> None:
    await database.connection().execute_query("PRAGMA defer_foreign_keys = ON")
    await database.connection().execute_query(
        "INSERT INTO api_keys (id, user_id, name, key_hash, key_prefix, scopes, created_at)"
        " VALUES (?, ?, 'n', ?, 'evr_', '[]', '2026-01-01 00:00:00+00:00')",
        [
            "01890000-0000-7000-8000-000000000001",
            "01890000-0000-7000-8000-000000000002",
            "0" * 64,
        ],
    )


async def keys() -> int:
    rows = await database.connection().execute_query_dict("SELECT COUNT(*) AS n FROM api_keys")
    return int(rows[0]["n"])
