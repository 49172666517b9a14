"""PostgreSQL's functions, for whoever writes: under any search path, in any schema, as another role."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from shutil import which

import asyncpg
import pytest

from api.settings.database_url import DatabaseUrl
from models import User, database, schema
from models.migration_failure import MigrationFailed
from tests.models.engines.test_invalidation import ANN, BOB, KEY, SESSION, key, session, user
from tests.models.rows import add_key, add_session, add_user
from tests.support import counting
from tests.support.databases import downgrade, execute, postgresql_database

pytestmark = pytest.mark.anyio

# Everything that a trigger of ours follows, in an order in which there is something to do.
ROWS = (
    user(ANN, "ann@example.com"),
    user(BOB, "bob@example.com"),
    key(KEY, "a" * 64),
    session(SESSION, "b" * 64),
)
CHANGES = {
    "update a user": (f"UPDATE users SET disabled_at = now() WHERE id = '{ANN}'", f"user:{ANN}"),
    "rename a user": (f"UPDATE users SET name = 'B' WHERE id = '{ANN}'", f"user:{ANN}"),
    "update a key": ("UPDATE api_keys SET scopes = '[]'", f"key:{KEY}"),
    "update a session": ("UPDATE refresh_tokens SET expires_at = now()", f"session:{SESSION}"),
    "delete a key": ("DELETE FROM api_keys", f"key:{KEY}"),
    "delete a session": ("DELETE FROM refresh_tokens", f"session:{SESSION}"),
    "delete a user": (f"DELETE FROM users WHERE id = '{ANN}'", f"session:{SESSION}"),
    "empty the keys": ("TRUNCATE api_keys", "all"),
    "empty the sessions": ("TRUNCATE refresh_tokens", "all"),
    "empty the users": ("TRUNCATE users CASCADE", "all"),
}
PATHS = {
    "no schema": "",
    "another schema": "pg_catalog",
    "temporary tables first": "pg_temp, public",
}
TABLES = re.compile(r"(INTO|FROM|UPDATE|TRUNCATE) (users|api_keys|refresh_tokens)")
OURS = "FROM pg_proc WHERE proname LIKE 'everruns\\_auth\\_%'"


def within(schema_name: str, statement: str) -> str:
    """The statement with its table's schema named."""
    return TABLES.sub(rf"\1 {schema_name}.\2", statement)


@asynccontextmanager
async def hearing(url: str) -> AsyncIterator[list[str]]:
    """What is notified inside the block."""
    heard: list[str] = []
    connection = await asyncpg.connect(url)
    await connection.add_listener(
        "everruns_auth_changes", lambda *said: heard.extend(str(said[3]).split(","))
    )
    yield heard
    # Notifications come before the answer to whatever is asked after them.
    await connection.execute("SELECT 1")
    await connection.close()


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize(("statement", "told"), CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_statement_by_hand_works_under_any_search_path(
    opened: str, path: str, statement: str, told: str
) -> None:
    connection = await asyncpg.connect(opened, server_settings={"search_path": path})
    for row in ROWS:
        await connection.execute(within("public", row))
    for table in ("users", "auth_tallies", "auth_events", "users_search"):
        # What stands in for ours under this path must be no use.
        await connection.execute(f"CREATE TEMPORARY TABLE {table} (nothing int)")
    async with hearing(opened) as heard:
        await connection.execute(within("public", statement))
    assert told in heard
    await connection.close()
    assert counting.by_kind(await counting.counter_rows()) == await counting.tallied()


async def test_every_function_that_names_something_keeps_its_path(postgresql_url: str) -> None:
    connection = await asyncpg.connect(postgresql_url)
    rows = await connection.fetch(f"SELECT proname, proconfig {OURS}")
    await connection.close()
    without = {
        row["proname"]
        for row in rows
        if "search_path=public, pg_temp" not in (row["proconfig"] or ())
    }
    assert without == {"everruns_auth_day"}, "that one is inlined, and names nothing"


async def test_the_rights_of_functions_are_as_they_were(postgresql_url: str) -> None:
    statement = f"SELECT array_agg((proname, prosecdef) ORDER BY proname) {OURS}"
    connection = await asyncpg.connect(postgresql_url)
    after = await connection.fetchval(statement)
    url = DatabaseUrl.parse(postgresql_url)
    async with database.opened(url):
        await downgrade(url, 9)
    before = await connection.fetchval(statement)
    await connection.close()
    assert after == before


@pytest.fixture
def elsewhere_url() -> Iterator[str]:
    """An empty database in which names without a schema are those of `Auth`."""
    with postgresql_database() as url:
        name = url.rpartition("/")[2]
        asyncio.run(execute(url, 'CREATE SCHEMA "Auth"'))
        asyncio.run(execute(url, f'ALTER DATABASE {name} SET search_path = "Auth"'))
        yield url


async def test_tables_in_a_schema_of_their_own_can_be_written_by_another_role(
    elsewhere_url: str,
) -> None:
    await schema.migrate(DatabaseUrl.parse(elsewhere_url))
    name = elsewhere_url.rpartition("/")[2]
    admin = await asyncpg.connect(elsewhere_url)
    for row in ROWS:
        await admin.execute(row)
    await admin.execute(f"CREATE ROLE {name}")
    try:
        await admin.execute(f'GRANT USAGE ON SCHEMA "Auth" TO {name}')
        await admin.execute(f'GRANT SELECT, DELETE ON ALL TABLES IN SCHEMA "Auth" TO {name}')
        await admin.execute(f"SET ROLE {name}; SET search_path = public")
        async with hearing(elsewhere_url) as heard:
            await admin.execute(within('"Auth"', "DELETE FROM refresh_tokens"))
        assert heard == [f"session:{SESSION}"]
    finally:
        await admin.execute("RESET ROLE")
        await admin.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")
        await admin.close()


@pytest.fixture
def with_trigrams_elsewhere() -> Iterator[str]:
    """An empty database whose administrator keeps pg_trgm in a schema that is in nobody's path."""
    with postgresql_database() as url:
        asyncio.run(
            execute(url, 'CREATE SCHEMA "Ext ra"; CREATE EXTENSION pg_trgm SCHEMA "Ext ra"')
        )
        yield url


async def test_trigrams_may_be_in_another_schema(with_trigrams_elsewhere: str) -> None:
    url = DatabaseUrl.parse(with_trigrams_elsewhere)
    await schema.migrate(url)
    async with database.opened(url):
        rows = await database.connection().execute_query_dict(
            "SELECT schemaname FROM pg_indexes WHERE indexname IN "
            "('users_search_parts', 'api_keys_search_parts')"
        )
        await add_user()
    assert [row["schemaname"] for row in rows] == ["public", "public"]


async def test_a_schema_of_trigrams_that_is_closed_to_us_is_said(
    with_trigrams_elsewhere: str,
) -> None:
    name = with_trigrams_elsewhere.rpartition("/")[2]
    await execute(with_trigrams_elsewhere, f"CREATE ROLE {name} LOGIN PASSWORD '{name}'")
    try:
        await execute(with_trigrams_elsewhere, f"GRANT ALL ON SCHEMA public TO {name}")
        url = with_trigrams_elsewhere.replace("://postgres@", f"://{name}:{name}@")
        with pytest.raises(MigrationFailed) as refused:
            await schema.migrate(DatabaseUrl.parse(url))
        assert f'GRANT USAGE ON SCHEMA "Ext ra" TO {name}' in str(refused.value)
        assert "report" not in str(refused.value)
    finally:
        await execute(with_trigrams_elsewhere, f"DROP OWNED BY {name}; DROP ROLE {name}")


def dump_and_restore(source: str, target: str) -> None:
    dump = subprocess.run(["pg_dump", source], capture_output=True, check=True)
    psql = ["psql", "-qv", "ON_ERROR_STOP=1", target]
    subprocess.run(psql, input=dump.stdout, capture_output=True, check=True)


@pytest.mark.parametrize("empty_database_url", ["postgresql"], indirect=True)
async def test_a_dump_goes_back_in_with_its_rows_and_its_triggers(
    postgresql_url: str, empty_database_url: str
) -> None:
    if not (which("pg_dump") and which("psql")):
        pytest.skip("no pg_dump and psql here")
    async with database.opened(DatabaseUrl.parse(postgresql_url)):
        owner = await add_user()
        await add_key(owner)
        await add_session(owner)
    await asyncio.to_thread(dump_and_restore, postgresql_url, empty_database_url)
    async with database.opened(DatabaseUrl.parse(empty_database_url)):
        (back,) = await User.everyone()
        assert counting.by_kind(await counting.counter_rows()) == await counting.tallied()
        await back.delete()
        assert counting.by_kind(await counting.counter_rows()) == {}
