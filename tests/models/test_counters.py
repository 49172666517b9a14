"""Tallies where triggers cannot follow, where several write at once, and where rights are few."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest

from api.administration.overview import Overviews
from api.settings.database_url import DatabaseUrl
from models import ANONYMOUS_ID, counters, database, schema
from models.counters import NEVER, CounterRow
from tests.models.engines.test_invalidation import ANN, BOB, KEY, SESSION, key, session, user
from tests.models.rows import DAY, NOW, SECOND, add_key, add_session, add_user
from tests.support import counting
from tests.support.databases import downgrade, execute

pytestmark = pytest.mark.anyio

TODAY = counters.day_of(NOW)


async def assert_right() -> None:
    assert counting.by_kind(await counting.counter_rows()) == await counting.tallied()


async def test_an_empty_database_tallies_nothing(opened: str) -> None:
    assert counting.by_kind(await counting.counter_rows()) == {}


async def test_keys_are_tallied_by_the_days_of_use_and_expiry(opened: str) -> None:
    owner = await add_user()
    await add_key(owner, "evr_1")
    await add_key(owner, "evr_2", expires_at=NOW + DAY)
    await add_key(owner, "evr_3", expires_at=NOW + DAY + SECOND, last_used_at=NOW)
    found = {
        counter_row
        for counter_row in await counting.counter_rows()
        if counter_row.what == "api_keys" and counter_row.n
    }
    assert found == {
        CounterRow("api_keys", NEVER, NEVER, 1),
        CounterRow("api_keys", NEVER, TODAY + 1, 1),
        CounterRow("api_keys", TODAY, TODAY + 1, 1),
    }


async def test_days_that_do_not_matter_are_summed_up(opened: str) -> None:
    owner = await add_user()
    for number in range(6):
        used, expires = NOW - number * DAY, NOW + (number - 2) * DAY
        await add_key(owner, f"evr_{number}", last_used_at=used, expires_at=expires)
    await add_key(owner, "evr_never")
    found = await counters.summed_around(TODAY - 3, TODAY)
    assert {counter_row for counter_row in found if counter_row.what == "api_keys"} == {
        CounterRow("api_keys", NEVER, NEVER, 1),
        CounterRow("api_keys", TODAY - 3, TODAY - 1, 2),
        CounterRow("api_keys", TODAY - 3, TODAY, 1),
        CounterRow("api_keys", TODAY - 3, TODAY + 1, 1),
        CounterRow("api_keys", TODAY - 4, TODAY + 1, 2),
    }


async def test_the_anonymous_row_is_in_no_tally(opened: str) -> None:
    await add_user("anonymous@local", id=ANONYMOUS_ID, roles=["admin"])
    assert counting.by_kind(await counting.counter_rows()) == {}


async def test_a_user_takes_sessions_and_keys_along(opened: str) -> None:
    owner = await add_user()
    await add_key(owner)
    await add_session(owner)
    await owner.delete()
    assert counting.by_kind(await counting.counter_rows()) == {}


REPLACEMENTS = {
    "by id": user(ANN, "new@example.com").replace("INSERT", "REPLACE"),
    "by e-mail": user("00000000-0000-7000-8000-0000000000ee", "bob@example.com").replace(
        "INSERT", "REPLACE"
    ),
    "of a key": key("00000000-0000-7000-8000-0000000000ee", "a" * 64).replace("INSERT", "REPLACE"),
    "of a session": session(SESSION, "e" * 64).replace("INSERT", "REPLACE"),
    "in an update": f"UPDATE OR REPLACE users SET email = 'bob@example.com' WHERE id = '{ANN}'",
    "of an id": f"UPDATE OR REPLACE users SET id = '{BOB}' WHERE id = '{ANN}'",
    "of a digest": f"UPDATE OR REPLACE api_keys SET key_hash = '{'a' * 64}'",
    "of a token": f"UPDATE OR REPLACE refresh_tokens SET token_hash = '{'b' * 64}'",
}


@pytest.mark.parametrize("name", REPLACEMENTS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_a_replacement_took_away_is_counted_anew(opened: str, name: str) -> None:
    for statement in (
        user(ANN, "ann@example.com"),
        user(BOB, "bob@example.com"),
        key(KEY, "a" * 64),
        key("00000000-0000-7000-8000-0000000000c2", "c" * 64),
        session(SESSION, "b" * 64),
        session("00000000-0000-7000-8000-0000000000d2", "d" * 64),
        REPLACEMENTS[name],
    ):
        await execute(opened, statement)
    assert counters.MISCOUNTED in {
        counter_row.what for counter_row in await counting.counter_rows()
    }
    await Overviews().latest(NOW)
    await assert_right()


async def test_what_an_operator_calls_miscounted_is_counted_anew_once(opened: str) -> None:
    owner = await add_user(roles=["admin"])
    await add_user("anonymous@local", id=ANONYMOUS_ID, roles=["admin"])
    await add_user("bob@example.com", disabled_at=NOW)
    await add_key(owner, expires_at=NOW, last_used_at=NOW)
    await add_session(owner)
    right = {counter_row for counter_row in await counting.counter_rows() if counter_row.n}
    await execute(opened, "UPDATE auth_tallies SET n = 77, expires_day = expires_day + 1")
    await execute(opened, "INSERT INTO auth_tallies VALUES ('miscounted', 0, 0, 1)")
    await Overviews().latest(NOW)
    assert {counter_row for counter_row in await counting.counter_rows() if counter_row.n} == right
    await add_key(owner, "evr_later")
    await assert_right()


@pytest.fixture
async def hand(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@on_postgresql
async def test_folding_leaves_one_row_a_kind_and_day(opened: str, hand: asyncpg.Connection) -> None:
    owner = await add_user()
    for number in range(5):
        await (await add_key(owner, f"evr_{number}")).delete()
    before = set(await counting.counter_rows())
    assert await hand.fetchval("SELECT count(*) FROM auth_tallies") > len(before)
    await counters.fold()
    assert {counter_row for counter_row in before if counter_row.n} == set(
        await counting.counter_rows()
    )
    assert await hand.fetchval("SELECT count(*) FROM auth_tallies") == 1


@on_postgresql
async def test_folding_from_several_sides_while_others_write_keeps_the_sums(opened: str) -> None:
    owner = await add_user()

    async def write(writer: int) -> None:
        for number in range(15):
            one = await add_key(owner, f"evr_{writer}_{number}")
            if number % 3 == 0:
                await one.delete()

    async def fold() -> None:
        for _ in range(30):
            await counters.fold()
            await asyncio.sleep(0)

    await asyncio.gather(*(write(writer) for writer in range(3)), fold(), fold())
    await assert_right()
    assert counting.by_kind(await counting.counter_rows())["api_keys"] == 30


@on_postgresql
async def test_a_table_that_is_emptied_during_a_fold_tallies_nothing(
    opened: str, hand: asyncpg.Connection
) -> None:
    await add_key(await add_user())
    await add_key(await add_user("bob@example.com"), "evr_two")
    async with hand.transaction():
        await hand.execute(
            "WITH gone AS (DELETE FROM auth_tallies RETURNING *) INSERT INTO auth_tallies "
            "SELECT what, used_day, expires_day, sum(n) FROM gone GROUP BY 1, 2, 3"
        )
        emptying = asyncio.create_task(execute(opened, "TRUNCATE api_keys"))
        await asyncio.sleep(0.3)
    await emptying
    assert counting.by_kind(await counting.counter_rows()) == {"users": 2}


# Roles are of all databases, and other tests run beside these.
LIMITED = f"everruns_auth_test_{uuid.uuid4().hex[:16]}"


@pytest.fixture
async def limited(opened: str, hand: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The session of a role that may end access, and nothing more."""
    await hand.execute(f"CREATE ROLE {LIMITED}")
    await hand.execute(f"GRANT SELECT, DELETE ON refresh_tokens, api_keys, users TO {LIMITED}")
    connection = await asyncpg.connect(opened)
    await connection.execute(f"SET SESSION AUTHORIZATION {LIMITED}")
    yield connection
    await connection.close()
    await hand.execute(f"DROP OWNED BY {LIMITED}; DROP ROLE {LIMITED}")


@on_postgresql
async def test_a_role_that_may_only_end_access_can(limited: asyncpg.Connection) -> None:
    user = await add_user()
    session, key = await add_session(user), await add_key(user)
    for table in ("auth_events", "users_search"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await limited.execute(f"DELETE FROM {table}")
    for table, row_id in (("refresh_tokens", session.id), ("api_keys", key.id)):
        assert await limited.execute(f"DELETE FROM {table} WHERE id = '{row_id}'") == "DELETE 1"
    assert counting.by_kind(await counting.counter_rows()) == {"users": 1}
    assert await limited.execute(f"DELETE FROM users WHERE id = '{user.id}'") == "DELETE 1"
    assert counting.by_kind(await counting.counter_rows()) == {}


@on_postgresql
async def test_that_role_cannot_put_tables_or_functions_of_its_own_in_the_way(
    limited: asyncpg.Connection, hand: asyncpg.Connection
) -> None:
    await add_session(await add_user())
    before = await hand.fetchval("SELECT count(*) FROM auth_events")
    await limited.execute(
        "CREATE TEMP TABLE auth_events (kind text, items jsonb);"
        "CREATE TEMP TABLE auth_tallies (what text, used_day int, expires_day int, n bigint);"
        "CREATE TEMP TABLE users_search (id uuid, text text);"
        "CREATE FUNCTION pg_temp.everruns_auth_tell(text, jsonb[]) RETURNS void "
        "LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''hijacked by %'', current_user; END';"
        "CREATE FUNCTION pg_temp.everruns_auth_day(timestamptz) RETURNS int "
        "LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''hijacked by %'', current_user; END';"
        "SET search_path = pg_temp, public;"
        "DELETE FROM public.refresh_tokens;"
        "DELETE FROM public.users"
    )
    assert await hand.fetchval("SELECT count(*) FROM users_search") == 0
    assert await limited.fetchval("SELECT count(*) FROM pg_temp.auth_events") == 0
    assert await limited.fetchval("SELECT count(*) FROM pg_temp.auth_tallies") == 0
    assert await hand.fetchval("SELECT count(*) FROM auth_events") == before + 2
    await assert_right()


async def test_migrating_a_database_with_rows_in_it_tallies_them(own_database_url: str) -> None:
    url = DatabaseUrl.parse(own_database_url)
    async with database.opened(url):
        await downgrade(url, 3)
        owner = await add_user(roles=["admin"])
        await add_user("anonymous@local", id=ANONYMOUS_ID, roles=["admin"])
        await add_user("bob@example.com", disabled_at=datetime(2026, 1, 1, tzinfo=UTC))
        await add_key(owner, "evr_1", expires_at=NOW + DAY, last_used_at=NOW)
        await add_key(owner, "evr_2")
        await add_session(owner)
    await schema.migrate(url)
    async with database.opened(url):
        seeded = {counter_row for counter_row in await counting.counter_rows() if counter_row.n}
        assert seeded == {
            CounterRow("users", 0, 0, 2),
            CounterRow("disabled", 0, 0, 1),
            CounterRow("operators", 0, 0, 1),
            CounterRow("api_keys", TODAY, TODAY + 1, 1),
            CounterRow("api_keys", NEVER, NEVER, 1),
            CounterRow("refresh_tokens", 0, TODAY + 1, 1),
        }
        await owner.delete()
        await assert_right()
