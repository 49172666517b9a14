"""The side tables that searches and roles go by: true whatever is written, by hand too."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from api.administration import queries
from api.administration.queries import page_request
from api.settings.database_url import DatabaseUrl
from models import ApiKey, User, database, new_id, schema
from models.engines.dialect import Dialect
from models.lists import api_keys, owners, text_search, users
from models.lists.budget import Budget
from models.lists.users import UserFilters
from models.sql import Sql
from tests.models.catalogue import tables
from tests.models.rows import DAY, NOW, add_key, add_user
from tests.support.databases import downgrade, execute

pytestmark = pytest.mark.anyio

TIMES = "'2026-01-01 12:00:00+00:00', '2026-01-01 12:00:00+00:00'"


async def found(table: str, q: str) -> set[str]:
    """The ids that the index of parts finds."""
    statement = text_search.by_index(database.engine().dialect, table, q)
    return {str(row["id"]) for row in await database.engine().dialect.rows(statement)}


async def with_role(role: str) -> set[str]:
    """The users whom the short way to a role leads to."""
    rows = await database.connection().execute_query_dict(
        "SELECT user_id FROM users_roles WHERE role = ?", [role]
    )
    return {row["user_id"] for row in rows}


async def test_a_user_is_found_by_parts_of_the_words_in_both_columns(opened: str) -> None:
    user = await add_user("ann@example.com", name="Jörg O'Neill 100%_\\x")
    for q in ("ann", "nn@", "EXAMPLE.COM", "jÖrg", "o'n", "100%_\\x", "a", "an", "j", "Jö"):
        assert await found("users", q) == {str(user.id)}, q
    for q in ("anne", "n@", "org", "10_%", "%", "_", '"', "nn", 'a"b', "com j"):
        assert await found("users", q) == set(), q


async def test_a_key_is_found_by_its_name_and_by_its_prefix(opened: str) -> None:
    key = await add_key(await add_user(), "evr_1a2b3c4d", name="ci-deploy")
    for q in ("deploy", "evr_1a2b", "2B3C", "c", "ev"):
        assert await found("api_keys", q) == {str(key.id)}, q
    assert await found("api_keys", "ann") == set()


async def test_what_is_found_follows_every_change(opened: str) -> None:
    user = await add_user(name="Before")
    key = await add_key(user, name="one name")
    await User.filter(id=user.id).update(name="After")
    await ApiKey.filter(id=key.id).update(name="another")
    assert (await found("users", "before"), await found("api_keys", "one n")) == (set(), set())
    assert await found("users", "after") == {str(user.id)}
    assert await found("api_keys", "another") == {str(key.id)}
    await user.delete()
    assert (await found("users", "after"), await found("api_keys", "another")) == (set(), set())


async def test_an_id_that_changes_is_followed(opened: str) -> None:
    user, other = await add_user(), new_id()
    await execute(opened, f"UPDATE users SET id = '{other}' WHERE id = '{user.id}'")
    assert await found("users", "ann") == {str(other)}


KEPT = {"users": users.KEPT, "api_keys": api_keys.KEPT}


async def untrue(table: str) -> int:
    """How many rows of a side table have not what their table has."""
    operator = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}[database.engine().name]
    differs = " OR ".join(f"s.{column} {operator} t.{column}" for column in ("id", *KEPT[table]))
    rows = await database.connection().execute_query_dict(
        f"SELECT 1 FROM {table}_search s LEFT JOIN {table} t ON t.id = s.id WHERE {differs}"
    )
    return len(rows)


async def test_what_lists_are_sorted_by_is_kept_beside_what_is_searched(opened: str) -> None:
    user = await add_user()
    await add_key(user, name="no end")
    await add_key(user, "evr_2", expires_at=NOW + DAY)
    for statement in (
        "UPDATE users SET email = 'bob@example.com'",
        "UPDATE users SET name = 'Bob', created_at = '2025-01-01 12:00:00+00:00'",
        "UPDATE api_keys SET name = 'another' WHERE expires_at IS NULL",
        "UPDATE api_keys SET expires_at = '2027-01-01 12:00:00+00:00' WHERE expires_at IS NULL",
        "UPDATE api_keys SET expires_at = NULL, created_at = '2025-01-01 12:00:00+00:00'",
    ):
        await execute(opened, statement)
        assert (await untrue("users"), await untrue("api_keys")) == (0, 0), statement
    assert await found("users", "bob@") == {str(user.id)}


async def test_migrating_keeps_it_for_the_rows_that_are_there(own_database_url: str) -> None:
    url = DatabaseUrl.parse(own_database_url)
    async with database.opened(url):
        await downgrade(url, 6)
        user = await add_user()
        key = await add_key(user, expires_at=NOW + DAY)
        await User.filter(id=user.id).update(name="Anna")
    await schema.migrate(url)
    async with database.opened(url):
        assert (await untrue("users"), await untrue("api_keys")) == (0, 0)
        assert await found("users", "anna") == {str(user.id)}
        assert await found("api_keys", "evr_one") == {str(key.id)}
        await user.delete()
        assert (await found("users", "ann"), await found("api_keys", "evr_one")) == (set(), set())


async def test_migrating_keeps_the_rights_that_were_granted(postgresql_url: str) -> None:
    url = DatabaseUrl.parse(postgresql_url)
    may_read = "SELECT has_table_privilege('pg_monitor', 'users_search', 'SELECT') AS may"
    async with database.opened(url):
        await downgrade(url, 6)
        await execute(postgresql_url, "GRANT SELECT ON users_search TO pg_monitor")
    await schema.migrate(url)
    async with database.opened(url):
        assert await database.engine().dialect.rows(Sql(may_read)) == [{"may": True}]


async def test_the_runbooks_statements_fill_the_side_tables_again(opened: str) -> None:
    user = await add_user()
    key = await add_key(user, expires_at=NOW + DAY)
    text = (schema.MIGRATIONS.parent / "docs/runbook.md").read_text("utf-8")
    section = text.partition("### A search finds too little")[2].partition("\n### ")[0]
    for_postgresql, for_sqlite = (
        block.partition("```")[0] for block in section.split("```sql\n")[1:]
    )
    await execute(opened, "DELETE FROM users_search")
    await execute(opened, "DELETE FROM api_keys_search")
    statements = for_sqlite if database.engine().name == "sqlite" else for_postgresql
    for statement in filter(str.strip, statements.split(";")):
        await execute(opened, statement)
    assert (await untrue("users"), await untrue("api_keys")) == (0, 0)
    assert await found("users", "ann") == {str(user.id)}
    assert await found("api_keys", "evr_one") == {str(key.id)}


async def test_a_search_that_needs_no_more_than_is_kept_looks_up_its_page_alone(
    opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        await add_user(f"ann{number}@example.com", name=f"{9 - number}")
    asked: list[str] = []
    dialect = database.engine().dialect
    rows = dialect.rows

    async def noted(_: Dialect, statement: Sql) -> list[dict[str, object]]:
        asked.append(statement.text)
        return await rows(statement)

    monkeypatch.setattr(type(dialect), "rows", noted)
    for filters, is_told in ((UserFilters(q="ann"), True), (UserFilters("ann", "user"), False)):
        request = page_request(filters, users.SORTS, sort="name", limit=3)
        small = replace(request, budget=Budget(first_batch=1, near_batch=1))
        page = await queries.page_of_users(small, NOW)
        assert [user.name for user in page.data] == ["1", "2", "3"]
        assert ("SELECT t.id FROM (SELECT * FROM candidates_0) t WHERE" in asked[-1]) == is_told


async def test_a_shells_replace_keeps_what_is_found_true(sqlite_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        user, other = await add_user(), new_id()
        await execute(
            sqlite_url,
            "REPLACE INTO users (id, email, name, roles, email_verified, created_at, updated_at)"
            f" VALUES ('{other}', 'ann@example.com', 'Second', '[\"ops\"]', 1, {TIMES})",
        )
        assert await found("users", "ann") == await with_role("ops") == {str(other)}
        assert await with_role("user") == set()
        await add_key(await User.get(id=other), name="first")
        await execute(sqlite_url, "UPDATE api_keys SET name = 'second'")
        assert (await found("api_keys", "first"), str(user.id)) == (set(), str(user.id))
        assert (await untrue("users"), await untrue("api_keys")) == (0, 0)


async def test_vacuum_does_not_mix_up_who_is_found(sqlite_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        users = [await add_user(f"user{number}@example.com") for number in range(9)]
        for user in users[:8:2]:
            await user.delete()
        connection = sqlite3.connect(sqlite_url.removeprefix("sqlite://"))
        connection.execute("VACUUM")
        connection.execute(
            "INSERT INTO users_search_parts(users_search_parts) VALUES ('integrity-check')"
        )
        connection.close()
        for user in users[1::2]:
            assert await found("users", user.email) == {str(user.id)}


async def test_roles_are_followed_whatever_is_in_the_list(sqlite_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        user = await add_user(roles=["admin", "user", "admin"])
        assert await with_role("admin") == {str(user.id)}
        await execute(sqlite_url, 'UPDATE users SET roles = \'[1, null, {"a": 2}, "ops"]\'')
        assert (await with_role("admin"), await with_role("ops")) == (set(), {str(user.id)})
        await execute(sqlite_url, "DELETE FROM users")
        assert await with_role("ops") == set()


async def test_the_last_of_the_enabled_operators_are_counted_on_both_engines(opened: str) -> None:
    first = await add_user("a@example.com", roles=["admin"])
    await add_user("b@example.com", roles=["user", "admin"])
    await add_user("c@example.com", roles=["admin"], disabled_at=NOW)
    await add_user("d@example.com", roles=["administrator"])
    assert await User.enabled_operators() == 2
    assert await User.enabled_operators(besides=first.id) == 1


async def test_a_truncated_table_is_forgotten(postgresql_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(postgresql_url)):
        await add_key(await add_user())
        await execute(postgresql_url, "TRUNCATE api_keys")
        assert (await found("api_keys", "evr_one"), len(await found("users", "ann"))) == (set(), 1)
        await execute(postgresql_url, "TRUNCATE users CASCADE")
        assert await found("users", "ann") == set()


async def test_a_migrated_database_has_its_side_tables(opened: str) -> None:
    expected = {"users_search", "api_keys_search"}
    assert expected <= await tables(with_side_tables=True)


async def test_owners_are_looked_up_one_by_one_however_many_are_found(postgresql_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(postgresql_url)):
        await many_owners(postgresql_url, 3_000)
        engine = database.engine().dialect
        check = owners.of_owner(engine, "example")
        asked = f"SELECT t.id FROM api_keys t WHERE t.name = 'other' OR {check.text}"
        plan = await planned(Sql(asked, check.values))
        assert "hashed" not in plan
        plan = await planned(owners.owned_by(engine, "api_keys", "example").ids)
        assert "Hash Join" not in plan
        assert "Seq Scan on api_keys" not in plan


async def planned(statement: Sql) -> str:
    """How PostgreSQL would answer this, planned for its values."""
    engine = database.engine().dialect
    async with engine.searching():
        rows = await engine.rows(Sql(f"EXPLAIN {statement.text}", statement.values))
    return "\n".join(row["QUERY PLAN"] for row in rows)


async def many_owners(url: str, count: int) -> None:
    """So many users with a key each, and a planner who knows."""
    row_id = "('00000000-0000-7000-8000-' || lpad(to_hex({}), 12, '0'))::uuid"
    numbers = f"FROM generate_series(1, {count}) n"
    await execute(
        url,
        f"""
        INSERT INTO users (id, email, name, roles, email_verified, created_at, updated_at)
            SELECT {row_id.format("n")}, n || '@example.com', 'Somebody', '["user"]', false,
                now(), now() {numbers};
        INSERT INTO api_keys (id, user_id, name, key_hash, key_prefix, scopes, created_at)
            SELECT {row_id.format("n")}, {row_id.format("n")}, 'key', lpad(to_hex(n), 64, '0'),
                'evr_00000000...', '["*"]', now() {numbers};
        ANALYZE
        """,
    )
