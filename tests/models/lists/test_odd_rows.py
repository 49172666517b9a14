"""What operators write by hand must not break a list: odd values are null, or their row left out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from api.administration import queries
from api.administration.queries import page_request
from api.settings.database_url import DatabaseUrl
from models import ApiKey, User, database
from models.lists import api_keys, audit_events, sessions, users
from models.lists.api_keys import KeyFilters
from models.lists.audit_events import EventFilters
from models.lists.page_request import PageRequest
from models.lists.pages import Page
from models.lists.sessions import SessionFilters
from models.lists.users import UserFilters
from models.types import LONG_AGO
from tests.models.rows import DAY, NOW, add_key, add_session, add_user
from tests.support.databases import execute

pytestmark = pytest.mark.anyio

LISTS: dict[str, tuple[Callable[[PageRequest[Any]], Awaitable[Page[Any]]], Any, Any]] = {
    "users": (lambda asked: queries.page_of_users(asked, NOW), UserFilters(), users.SORTS),
    "sessions": (
        lambda asked: queries.page_of_sessions(asked, NOW),
        SessionFilters(status="all"),
        sessions.SORTS,
    ),
    "api_keys": (lambda asked: queries.page_of_keys(asked, NOW), KeyFilters(), api_keys.SORTS),
    "audit_events": (queries.page_of_events, EventFilters(), audit_events.SORTS),
}
EVENT = "INSERT INTO audit_events (id, at, action, outcome, detail) VALUES "


async def everything(name: str, sort: str) -> list[Any]:
    """All rows of a list, a page a row, so that every row is a place; it must come to an end."""
    read, filters, sorts = LISTS[name]
    rows: list[Any] = []
    cursor = None
    for _ in range(50):
        page = await read(page_request(filters, sorts, sort=sort, limit=1, cursor=cursor))
        rows += page.data
        cursor = page.next_cursor
        if cursor is None:
            return rows
    raise AssertionError("the list does not end")


async def by_every_sort(name: str) -> list[Any]:
    """The rows by the first sort; the others and the ways back must hold the same."""
    _, _, sorts = LISTS[name]
    all_of_them = [await everything(name, sign + sort) for sort in sorts for sign in ("", "-")]
    assert {frozenset(row.id for row in rows) for rows in all_of_them} == {
        frozenset(row.id for row in all_of_them[0])
    }
    return all_of_them[0]


async def test_odd_values_in_sqlite_are_null_or_leave_their_row_out(sqlite_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        user = await add_user()
        await add_key(user)
        await add_session(user)
        odd = await add_user("odd@example.com", name="Odd")
        await add_key(odd, "evr_odd")
        await add_session(odd, "odd")
        for statement in (
            (
                "UPDATE users SET name = CAST(x'ff41' AS TEXT), avatar_url = x'ff', "
                "roles = '[1, \"admin\", null]', created_at = '2026-01-01 12:00', "
                "last_active_at = '2026-02-30 12:00' WHERE email = 'odd@example.com'"
            ),
            "UPDATE api_keys SET name = x'00ff', scopes = '[{}, \"*\"]' WHERE name = 'evr_odd'",
            (
                "UPDATE refresh_tokens SET user_agent = 7, ip_address = x'ff' "
                f"WHERE user_id = '{odd.id}'"
            ),
            (
                "INSERT INTO users (id, email, name, roles, email_verified, created_at, updated_at)"
                " SELECT 'no id', 'noid@example.com', name, roles, 1, created_at, updated_at"
                " FROM users WHERE email = 'ann@example.com'"
            ),
            f"{EVENT} ('nothing', 1, 'a', 'b', '')",
            f"{EVENT} ('0190b4c2-7d1e-7a30-8f00-0123456789ab', 12.5, 'a', 'b', 'no json')",
            f"{EVENT} ('0190b4c2-7d1e-7a30-8f00-0123456789ac', x'00ff', x'ff', 'b', '[]')",
            f"{EVENT} ('0190b4c2-7d1e-7a30-8f00-0123456789ad', CAST(x'ff' AS TEXT), 1, 2, '{{}}')",
        ):
            await execute(sqlite_url, statement)
        found = {row.email: row for row in await by_every_sort("users")}
        assert set(found) == {"ann@example.com", "odd@example.com"}
        assert found["odd@example.com"].roles == ["admin"]
        assert found["odd@example.com"].last_active_at is None
        assert len(await by_every_sort("api_keys")) == 2
        assert len(await by_every_sort("sessions")) == 2
        events = await by_every_sort("audit_events")
        assert [(event.at, event.detail) for event in events] == [
            (None, None),
            (None, {}),
            (None, None),
        ]


DEEP = '{"a":' + "[" * 300 + "]" * 300 + "}"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_half_a_letter_is_left_out_and_can_be_put_right(opened: str) -> None:
    user = await add_user()
    key = await add_key(user)
    await execute(opened, """UPDATE users SET roles = '["user", "\\ud800"]'""")
    await execute(opened, """UPDATE api_keys SET scopes = '["*", "\\udfff"]'""")
    await execute(
        opened,
        f"""{EVENT} ('0190b4c2-7d1e-7a30-8f00-0123456789ab', '2026-01-01 12:00:00', 'a', 'b',
        '{{"x": "\\ud800"}}')""",
    )
    (row,) = await by_every_sort("users")
    (key_row,) = await by_every_sort("api_keys")
    (event,) = await by_every_sort("audit_events")
    assert (row.roles, key_row.scopes, event.detail) == (["user"], ["*"], None)
    found, held = await User.by_id(user.id), await ApiKey.by_id(key.id)
    assert found is not None and held is not None
    assert (found.roles, held.scopes) == (["user"], ["*"])
    await found.change(NOW, roles=["user"])


async def test_what_is_nested_beyond_reason_is_null(opened: str) -> None:
    await execute(
        opened,
        f"{EVENT} ('0190b4c2-7d1e-7a30-8f00-0123456789ab', '2026-01-01 12:00:00', 'a', 'b', "
        f"'{DEEP}')",
    )
    (event,) = await by_every_sort("audit_events")
    assert event.detail is None


async def test_times_beyond_every_calendar_are_null_on_postgresql(postgresql_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(postgresql_url)):
        for number, time in enumerate(
            ("infinity", "-infinity", "20000-01-01", "4000-01-01 BC", "2026-01-01")
        ):
            user = await add_user(f"user{number}@example.com", roles=[])
            await add_key(user, f"evr_{number}", last_used_at=NOW)
            await add_session(user, f"{number}")
            for table, columns in (
                ("users", ("created_at", "last_active_at", "disabled_at")),
                ("api_keys", ("created_at", "last_used_at", "expires_at")),
                ("refresh_tokens", ("created_at", "last_used_at", "expires_at")),
            ):
                key = "id" if table == "users" else "user_id"
                written = ", ".join(f"{column} = '{time}'" for column in columns)
                await execute(
                    postgresql_url, f"UPDATE {table} SET {written} WHERE {key} = '{user.id}'"
                )
            await execute(postgresql_url, f"{EVENT} (gen_random_uuid(), '{time}', 'a', 'b', '[1]')")
        for name in LISTS:
            assert len(await by_every_sort(name)) == 5
        times = [row.created_at for row in await everything("users", "email")]
        assert [at is None for at in times] == [True, True, True, True, False]


async def test_rows_whose_user_is_gone_are_left_out(sqlite_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        user = await add_user()
        await add_key(user)
        await add_session(user)
        await add_key(await add_user("bob@example.com"), "evr_bob")
        for table in ("api_keys", "refresh_tokens"):
            # Foreign keys are off in a shell.
            await execute(
                sqlite_url,
                f"UPDATE {table} SET user_id = '0190b4c2-7d1e-7a30-8f00-0123456789ab' "
                f"WHERE user_id = '{user.id}'",
            )
        assert [row.name for row in await by_every_sort("api_keys")] == ["evr_bob"]
        assert await by_every_sort("sessions") == []


async def test_what_ends_at_a_time_that_nobody_can_read_has_ended(sqlite_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        user = await add_user(disabled_at=None)
        key = await add_key(user, expires_at=NOW + DAY)
        for table, column in (
            *(("users", "created_at"), ("users", "disabled_at"), ("api_keys", "expires_at")),
            ("refresh_tokens", "expires_at"),
        ):
            # The check of the column lets it pass: SQLite takes it for the second of March.
            await execute(sqlite_url, f"UPDATE {table} SET {column} = '2999-02-30 12:00:00+00:00'")
        found = await User.by_id(user.id)
        assert found is not None
        assert (found.is_disabled, found.created_at) == (True, LONG_AGO)
        held = await ApiKey.by_id(key.id)
        assert held is not None
        assert held.is_expired(NOW)
        # So it can still be put right.
        await found.change(NOW, disabled_at=None, created_at=NOW)
        again = await User.by_id(user.id)
        assert again is not None
        assert not again.is_disabled
