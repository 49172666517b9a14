"""What the log of events says of each change, by whichever hand, and where readers of it stand."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from api.settings.database_url import DatabaseUrl
from models import database, events
from models.event_position import Position
from models.events import MOST, RESET
from tests.models.engines.test_invalidation import (
    ANN,
    BOB,
    EARLIER,
    KEY,
    LATER,
    SESSION,
    key,
    session,
    user,
)
from tests.support.databases import downgrade, execute

pytestmark = pytest.mark.anyio

NEW = "00000000-0000-7000-8000-0000000000ff"
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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


async def told(position: Position) -> list[tuple[str, Any]]:
    rows, _ = await events.since(position)
    return [(row.kind, item) for row in rows for item in row.items]


def audit(detail: str = "{}") -> str:
    return (
        "INSERT INTO audit_events (id, at, action, outcome, actor_id, user_id, detail) "
        f"VALUES ('{NEW}', '{EARLIER}', 'by.hand', 'success', '{ANN}', '{NEW}', '{detail}')"
    )


OF_KEY = {"id": KEY, "user_id": ANN}
OF_SESSION = {"id": SESSION, "user_id": ANN}
UPDATED = [("user_changed", {"id": ANN, "change": "updated"})]
ONE = f"WHERE id = '{ANN}'"

# What a hand writes: what is told of it.
TOLD = {
    "a user comes": (
        user(NEW, "new@example.com"),
        [("user_changed", {"id": NEW, "change": "created"})],
    ),
    "a user goes": (
        f"DELETE FROM users WHERE id = '{BOB}'",
        [("user_changed", {"id": BOB, "change": "deleted"})],
    ),
    "a name": (f"UPDATE users SET name = 'x' {ONE}", UPDATED),
    "an e-mail": (f"UPDATE users SET email = 'x@example.com' {ONE}", UPDATED),
    "an avatar": (f"UPDATE users SET avatar_url = 'x' {ONE}", UPDATED),
    "roles": (f"UPDATE users SET roles = '[]' {ONE}", UPDATED),
    "a confirmed e-mail": (f"UPDATE users SET email_verified = true {ONE}", UPDATED),
    "a disabled user": (f"UPDATE users SET disabled_at = '{EARLIER}' {ONE}", UPDATED),
    "a session comes": (
        session(NEW, "e" * 64),
        [("session_opened", {"id": NEW, "user_id": ANN})],
    ),
    "a session goes": ("DELETE FROM refresh_tokens", [("session_ended", OF_SESSION)]),
    "a key comes": (key(NEW, "e" * 64), [("key_created", {"id": NEW, "user_id": ANN})]),
    "a key goes": ("DELETE FROM api_keys", [("key_revoked", OF_KEY)]),
    "a key's name": ("UPDATE api_keys SET name = 'x'", [("key_changed", OF_KEY)]),
    "a key's scopes": ("UPDATE api_keys SET scopes = '[]'", [("key_changed", OF_KEY)]),
    "a key's expiry": (f"UPDATE api_keys SET expires_at = '{EARLIER}'", [("key_changed", OF_KEY)]),
}
# What nobody sees on a screen.
UNTOLD = {
    "a sign-in": f"UPDATE users SET last_active_at = '{LATER}', password_hash = 'x'",
    "a rotation": (
        f"UPDATE refresh_tokens SET token_hash = '{'d' * 64}', generation = 1, "
        f"rotated_at = '{LATER}', last_used_at = '{LATER}', expires_at = '{LATER}'"
    ),
    "the same again": "UPDATE users SET name = name, roles = roles",
    "no row": "DELETE FROM api_keys WHERE name = 'nobody has this'",
    "an audit row that goes": "DELETE FROM audit_events",
}


@pytest.mark.parametrize("name", TOLD)
async def test_a_change_is_told(url: str, name: str) -> None:
    statement, expected = TOLD[name]
    position = await events.present()
    await execute(url, statement)
    assert await told(position) == expected


@pytest.mark.parametrize("name", UNTOLD)
async def test_what_no_screen_shows_is_not_told(url: str, name: str) -> None:
    position = await events.present()
    await execute(url, UNTOLD[name])
    assert await told(position) == []


async def test_a_use_is_told(url: str) -> None:
    position = await events.present()
    await execute(url, f"UPDATE api_keys SET last_used_at = '{EARLIER}', last_used_ip = '::1'")
    ((kind, item),) = await told(position)
    assert (kind, item["id"], item["ip"]) == ("key_used", KEY, "::1")
    assert item["last_used_at"].replace("T", " ") == EARLIER


async def test_an_audit_row_is_told_with_the_names_of_those_who_are_there(url: str) -> None:
    position = await events.present()
    await execute(url, audit('{"deep": [1, {"er": null}]}'))
    ((kind, item),) = await told(position)
    assert kind == "audit"
    assert item.pop("at").replace("T", " ") == EARLIER
    assert item == {
        "id": NEW,
        "action": "by.hand",
        "outcome": "success",
        "actor_id": ANN,
        "actor_email": "ann@example.com",
        "user_id": NEW,
        "user_email": None,
        "ip_address": None,
        "user_agent": None,
        "request_id": None,
        "detail": {"deep": [1, {"er": None}]},
    }


async def test_a_user_who_goes_takes_sessions_and_keys_along(url: str) -> None:
    position = await events.present()
    await execute(url, f"DELETE FROM users WHERE id = '{ANN}'")
    found = await told(position)
    assert sorted(found, key=str) == sorted(
        [
            ("key_revoked", OF_KEY),
            ("session_ended", OF_SESSION),
            ("user_changed", {"id": ANN, "change": "deleted"}),
        ],
        key=str,
    )


@on_sqlite
async def test_a_replacement_asks_for_everything_to_be_loaded_again(url: str) -> None:
    position = await events.present()
    await execute(url, key(NEW, "a" * 64).replace("INSERT", "REPLACE"))
    assert await told(position) == [
        (RESET, {}),
        ("key_created", {"id": NEW, "user_id": ANN}),
    ]


@on_sqlite
async def test_detail_that_is_no_json_is_told_empty(url: str) -> None:
    position = await events.present()
    await execute(url, audit("no json"))
    ((_, item),) = await told(position)
    assert item["detail"] == {}


@pytest.mark.parametrize("detail", [f'{{"n": {"9" * 5000}}}', "[" * 900 + "]" * 900])
async def test_detail_that_python_does_not_read_hides_nothing_else(url: str, detail: str) -> None:
    position = await events.present()
    await execute(url, audit(detail))
    await execute(url, "DELETE FROM api_keys")
    assert ("key_revoked", OF_KEY) in await told(position)


@on_postgresql
async def test_an_emptied_table_asks_for_everything_to_be_loaded_again(url: str) -> None:
    position = await events.present()
    await execute(url, "TRUNCATE api_keys")
    assert await told(position) == [(RESET, {})]


PEOPLE = (
    "INSERT INTO users (id, email, name, roles, email_verified, created_at, updated_at) "
    "SELECT gen_random_uuid(), n || '@example.com', 'A', '[]', false, now(), now() "
    "FROM generate_series(1, {n}) AS n"
)


@on_postgresql
@pytest.mark.parametrize(("n", "kinds"), [(1000, {"user_changed"}), (1001, {RESET})])
async def test_more_than_a_thousand_rows_are_everything(url: str, n: int, kinds: set[str]) -> None:
    position = await events.present()
    await execute(url, PEOPLE.format(n=n))
    found = await told(position)
    assert {kind for kind, _ in found} == kinds
    assert len(found) == (n if n == 1000 else 1)
    position = await events.present()
    await execute(url, f"DELETE FROM users WHERE id NOT IN ('{ANN}', '{BOB}')")
    assert {kind for kind, _ in await told(position)} == kinds


@on_postgresql
async def test_a_huge_statement_of_an_operators_own_succeeds(url: str) -> None:
    await execute(url, PEOPLE.format(n=20_000))
    position = await events.present()
    hand = await asyncpg.connect(url)
    # The plan that a session keeps is made for its first statement.
    await hand.execute(f"UPDATE users SET name = 'one' WHERE id = '{ANN}'")
    await hand.execute("UPDATE users SET name = repeat('n', 200)", timeout=60)
    await hand.execute("UPDATE users SET last_active_at = now()", timeout=60)
    await hand.close()
    assert await told(position) == [*UPDATED, (RESET, {})]


async def test_what_forbids_a_way_of_joining_is_not_compiled_for_seeming_dear(
    postgresql_url: str,
) -> None:
    """PostgreSQL counts a way that is forbidden as the dearest, and takes it where there is no other."""
    url = DatabaseUrl.parse(postgresql_url)
    async with database.opened(url):
        joining = await joining_functions()
        assert len(joining) == 6
        assert all("jit=off" in settings for settings in joining)
        await downgrade(url, 7)
        joining = await joining_functions()
        assert len(joining) == 6
        assert not any("jit=off" in settings for settings in joining)


async def joining_functions() -> list[list[str]]:
    """The settings of each function to which a way of joining is forbidden."""
    rows = await database.connection().execute_query_dict(
        "SELECT proconfig FROM pg_proc WHERE 'enable_nestloop=off' = ANY (proconfig)"
    )
    return [row["proconfig"] for row in rows]


@on_sqlite
async def test_a_reader_who_missed_very_much_is_told_to_load_everything_again(url: str) -> None:
    position = await events.present()
    await execute(
        url,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= ?) "
        "INSERT INTO auth_events (at, kind, items) SELECT 0, 'x', '[{}]' FROM n",
        MOST,
    )
    rows, read = await events.since(position)
    assert [(row.kind, row.position) for row in rows] == [(RESET, read)]
    assert read == await events.present() or read.last_id == position.last_id + MOST + 1
    assert await told(read) == []
