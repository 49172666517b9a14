"""The connection: its clock, its transactions, and how it comes back after trouble."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.settings.database_url import DatabaseUrl
from models import User, database
from tests.models.rows import add_user
from tests.support.troubles import trouble

pytestmark = pytest.mark.anyio

# Far above what anything here takes: a test that would hang fails instead.
PATIENCE = 30


@pytest.fixture
def other_writer(sqlite_url: str) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the file, as a transaction of its own needs it."""
    connection = sqlite3.connect(
        sqlite_url.removeprefix("sqlite://"), isolation_level=None, timeout=0
    )
    yield connection
    connection.close()


async def test_the_clock_is_in_utc_and_goes_right(opened: str) -> None:
    now = await database.clock()
    assert now.utcoffset() == timedelta(0)
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


async def test_the_clock_goes_on_inside_a_transaction(opened: str) -> None:
    async with database.transaction():
        times = [await database.clock() for _ in range(20)]
    assert times == sorted(times)


async def add_in_transaction(*emails: str) -> None:
    async with database.transaction():
        for email in emails:
            await add_user(email)


async def test_a_transaction_that_fails_leaves_nothing(opened: str) -> None:
    async def fail() -> None:
        async with database.transaction():
            await add_user()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await User.everyone() == []


async def test_a_duplicate_inside_a_transaction_spoils_only_that_transaction(
    opened: str,
) -> None:
    await add_user()
    with pytest.raises(database.Duplicate):
        await add_in_transaction("bob@example.com", "ann@example.com")
    await add_user("carol@example.com")
    assert {u.email for u in await User.everyone()} == {
        "ann@example.com",
        "carol@example.com",
    }


async def test_parallel_transactions_all_happen(opened: str) -> None:
    async def add(number: int) -> None:
        async with database.transaction():
            count = await User.all().count()
            await add_user(f"user{number}@example.com", name=str(count))

    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(add(number) for number in range(30)))
    assert await User.all().count() == 30


async def test_a_transaction_that_cannot_begin_gives_the_lock_back(
    sqlite_url: str, other_writer: sqlite3.Connection
) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        database.opened(DatabaseUrl.parse(sqlite_url)),
    ):
        await database.connection().execute_query("PRAGMA busy_timeout = 1")
        other_writer.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            with trouble():
                async with database.transaction():
                    pytest.fail("the transaction began beside another writer's")
        assert await User.everyone() == []
        other_writer.execute("COMMIT")
        async with database.transaction():
            await add_user()
        assert await User.all().count() == 1


async def test_a_cancelled_beginning_leaves_no_transaction_open(
    sqlite_url: str, other_writer: sqlite3.Connection
) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        database.opened(DatabaseUrl.parse(sqlite_url)),
    ):
        other_writer.execute("BEGIN IMMEDIATE")
        is_waiting = await waiting_to_begin()
        task = asyncio.create_task(add_in_transaction("ann@example.com"))
        await is_waiting.wait()
        task.cancel()
        other_writer.execute("COMMIT")
        await asyncio.wait([task])
        # Behind whatever the driver's thread still has to do.
        assert await User.everyone() == []
        other_writer.execute("BEGIN IMMEDIATE")
        other_writer.execute("ROLLBACK")


async def waiting_to_begin() -> asyncio.Event:
    """An event that is set when the driver's thread is about to begin a transaction."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()

    def watch(statement: str) -> None:
        if statement.startswith("BEGIN"):
            loop.call_soon_threadsafe(event.set)

    driver: Any = database.connection()
    await driver._connection.set_trace_callback(watch)
    return event


async def test_a_transaction_sees_no_write_between_its_reading_and_its_writing(
    sqlite_url: str, other_writer: sqlite3.Connection
) -> None:
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        async with database.transaction():
            assert await User.all().count() == 0
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other_writer.execute("DELETE FROM users")
            await add_user()
        assert other_writer.execute("DELETE FROM users").rowcount == 1


async def test_a_database_that_cannot_be_opened_is_explained(tmp_path: Path) -> None:
    no_database = tmp_path / "notes.txt"
    no_database.write_text("These are notes and no database, and long enough at that. " * 20)
    for url, words in (
        (f"sqlite://{tmp_path}/nowhere/auth.db", "does not exist"),
        (f"sqlite://{no_database}", "not a database"),
        ("postgresql://ann:hunter2@127.0.0.1:1/auth", "check that the server runs"),
    ):
        with pytest.raises(database.DatabaseUnreachable, match=words) as refused:
            async with database.opened(DatabaseUrl.parse(url)):
                pytest.fail("it was opened")
        said = str(refused.value)
        assert said.startswith("DATABASE_URL: ")
        assert "\n" not in said
        assert "hunter2" not in said


async def test_a_file_can_be_opened_again_after_a_refusal(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(database.DatabaseUnreachable):
        await database.open_database(DatabaseUrl.parse(f"sqlite://{tmp_path}/no/x.db"))
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        await database.ping()


async def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "auth.db"
    async with database.opened(DatabaseUrl.parse(f"sqlite://{file}")):
        assert file.stat().st_mode & 0o077 == 0


def test_a_file_that_is_not_there_is_not_made_by_asking(tmp_path: Path) -> None:
    file = tmp_path / "typo.db"
    with pytest.raises(database.DatabaseUnreachable, match=r"typo\.db"):
        database.require_existing(DatabaseUrl.parse(f"sqlite://{file}"))
    assert not file.exists()


@pytest.mark.parametrize("host", ["there-is-no-such-host.invalid", "/no/such/socket"])
async def test_a_server_that_cannot_be_found_is_trouble(host: str) -> None:
    url = DatabaseUrl.parse(f"postgresql://postgres@/postgres?host={host}")
    context = await database.open_database(url, is_checked=False)
    try:
        with trouble():
            await database.ping()
        with trouble():
            async with database.transaction():
                pass
    finally:
        await database.close_database(context)
