"""Where readers of the log of events stand: nothing is lost between two looks, nor to a sweep."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest

from models import database, events
from models.event_position import Position
from tests.models.engines.test_invalidation import ANN, BOB, KEY, SESSION, key, session, user
from tests.models.test_events import OF_KEY, told
from tests.support.databases import execute

pytestmark = pytest.mark.anyio

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def url(opened: str) -> str:
    for statement in (
        user(ANN, "ann@example.com"),
        user(BOB, "bob@example.com"),
        key(KEY, "a" * 64),
        session(SESSION, "b" * 64),
    ):
        await execute(opened, statement)
    return opened


@pytest.fixture
async def early(url: str) -> AsyncIterator[asyncpg.Connection]:
    """The session of a transaction that has begun and written, and is not committed."""
    connection = await asyncpg.connect(url)
    await connection.execute("BEGIN")
    await connection.execute("UPDATE users SET name = 'early' WHERE id = $1", ANN)
    yield connection
    await connection.close()


EARLY = ("user_changed", {"id": ANN, "change": "updated"})
LATE = ("user_changed", {"id": BOB, "change": "updated"})
NAME_BOB = f"UPDATE users SET name = 'late' WHERE id = '{BOB}'"


@on_postgresql
async def test_what_is_committed_late_is_told_though_it_began_early(
    url: str, early: asyncpg.Connection
) -> None:
    position = await events.present()
    await execute(url, NAME_BOB)
    rows, read = await events.since(position)
    assert [(row.kind, row.items[0]) for row in rows] == [LATE]
    await early.execute("COMMIT")
    assert await told(read) == [EARLY]
    # So is one who comes back, from either place.
    assert EARLY in await told(Position.parse(str(rows[0].position)) or position)
    assert await told(position) == [EARLY, LATE]


@on_postgresql
async def test_what_began_before_the_reader_came_is_told(
    url: str, early: asyncpg.Connection
) -> None:
    await execute(url, NAME_BOB)
    position = await events.present()
    await early.execute("COMMIT")
    assert await told(position) == [EARLY]
    _, read = await events.since(position)
    assert await told(read) == []


@on_postgresql
async def test_what_is_written_within_savepoints_is_told_as_its_transaction_ends(
    url: str, early: asyncpg.Connection
) -> None:
    await early.execute("SAVEPOINT one")
    await early.execute("DELETE FROM api_keys")
    await early.execute("SAVEPOINT two")
    await early.execute("DELETE FROM refresh_tokens")
    await early.execute("ROLLBACK TO two")
    position = await events.present()
    await execute(url, NAME_BOB)
    _, read = await events.since(position)
    await early.execute("COMMIT")
    assert await told(read) == [EARLY, ("key_revoked", OF_KEY)]


@on_postgresql
async def test_what_is_thrown_away_was_seen(url: str, early: asyncpg.Connection) -> None:
    await execute(url, NAME_BOB)
    position = await events.present()
    await early.execute("COMMIT")
    await events.purge(position)
    kept = await early.fetch("SELECT kind, items FROM auth_events")
    assert [(kind, json.loads(items)) for kind, items in kept] == [(EARLY[0], [EARLY[1]])]


@on_postgresql
async def test_what_a_dump_brought_from_another_cluster_is_not_told(url: str) -> None:
    position = await events.present()
    await execute(
        url,
        "INSERT INTO auth_events (xid, kind, items) "
        "VALUES ((pg_current_xact_id()::text::bigint + 1000000)::text::xid8, 'audit', '[{}]')",
    )
    _, read = await events.since(position)
    for _ in range(2):
        await execute(url, NAME_BOB)
        rows, read = await events.since(read)
        assert [row.kind for row in rows] in (["user_changed"], [])
    await events.purge(position)
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT count(*) FROM auth_events WHERE kind = 'audit'") == 0
    await connection.close()


async def test_what_came_after_is_kept(url: str) -> None:
    position = await events.present()
    await execute(url, NAME_BOB)
    await events.purge(position)
    assert await told(position) == [LATE]
    await events.purge(await events.present())
    assert await told(position) == []


async def test_a_reader_who_stopped_in_the_middle_goes_on_from_there(url: str) -> None:
    position = await events.present()
    for statement in (NAME_BOB, "DELETE FROM api_keys", "DELETE FROM refresh_tokens"):
        await execute(url, statement)
    rows, read = await events.since(position)
    for number, row in enumerate(rows):
        left, _ = await events.since(row.position)
        assert [one.kind for one in left] == [one.kind for one in rows[number + 1 :]]
    assert await told(read) == []


async def test_a_place_is_read_as_it_is_written(url: str) -> None:
    position = await events.present()
    assert Position.parse(str(position)) == position
    assert events.is_ours(position)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "7",
            "@",
            "7@",
            "@7",
            "-1@5",
            "7@5 ",
            "7@5\n",
            "٣@٣",
            "1" * 19 + "@1",
            "1@" + "1" * 13,
        ),
        *(
            "1:2/7@5",
            "1:2:3:4/7@5",
            "2:1:/7@5",
            "0:1:/7@5",
            "1:5:5/7@5",
            "2:5:1/7@5",
            "1:5:3,2/7@5",
        ),
        *("1:5:,/7@5", "1:5:2,/7@5", "1:5:,2/7@5", "4294967296:4294967297:/7@5"),
        *("1:4294967296:/7@5", "9223372036854775808:9223372036854775808:/7@5", "1:2:x/7@5"),
        "1:9:" + ",".join(["2"] * 3000) + "/7@5",
    ],
)
def test_what_is_no_place_is_none(text: str) -> None:
    assert Position.parse(text) is None


async def test_a_place_of_another_engine_is_not_ours(url: str) -> None:
    other = "7@5" if database.engine().name != "sqlite" else "1:5:2,3/7@5"
    position = Position.parse(other)
    assert position is not None
    assert not events.is_ours(position)
