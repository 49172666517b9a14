"""Whatever is written to the tables, by whichever statement, the overview says what is in them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.administration.overview import Overviews
from api.settings.database_url import DatabaseUrl
from models import counters, database
from tests.support import counting
from tests.support.databases import copied_sqlite, postgresql_database

ANONYMOUS = "00000000-0000-0000-0000-000000000001"
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
# A millisecond is rounded up from here on by SQLite's own functions.
LATE = timedelta(days=1) - timedelta(microseconds=300)

MOMENTS = [
    *(MIDNIGHT + moved for moved in (-TICK, TICK - TICK, TICK, LATE, timedelta(hours=12))),
    *(MIDNIGHT + timedelta(days=1) + moved for moved in (-TICK, TICK - TICK, TICK)),
]
_LONG_AGO = [moment - timedelta(days=90) for moment in MOMENTS]
ODD = ["0001-01-01 00:00:00+00:00", "1969-12-30 12:00:00+00:00", "9999-12-31 23:59:59+00:00"]
REFUSED_ON_SQLITE = ["infinity", "-infinity", "0044-03-15 00:00:00+00 BC", "no date", "10000-01-01"]

times = st.sampled_from(
    [moment.isoformat(" ") for moment in (*MOMENTS, *_LONG_AGO)] + ODD + REFUSED_ON_SQLITE
).map(lambda text: f"'{text}'")
maybe_times = st.none().map(lambda _: "NULL") | times
PEOPLE = [ANONYMOUS, *(f"00000000-0000-7000-8000-00000000000{n}" for n in "abc")]
users = st.sampled_from(PEOPLE)
things = st.sampled_from(
    [f"00000000-0000-7000-8000-0000000000{n}" for n in ("c1", "c2", "c3", "c4")]
)
digests = st.sampled_from([f"'{letter * 64}'" for letter in "abcd"])
emails = st.sampled_from([f"'{name}@example.com'" for name in "abc"])
roles = st.sampled_from(["""'["admin"]'""", "'[]'", """'["user", "admin", "admin"]'"""])

COLUMNS = {
    "users": (users, "email", emails, {"roles": roles, "disabled_at": maybe_times}),
    "api_keys": (
        things,
        "key_hash",
        digests,
        {"user_id": users, "expires_at": maybe_times, "last_used_at": maybe_times},
    ),
    "refresh_tokens": (things, "token_hash", digests, {"user_id": users, "expires_at": times}),
}
FIXED = {
    "users": {
        "name": "'A'",
        "email_verified": "false",
        "created_at": "'2026-02-28 12:00:00+00:00'",
        "updated_at": "'2026-01-01 00:00:00+00:00'",
    },
    "api_keys": {
        "name": "'k'",
        "key_prefix": "'evr_'",
        "scopes": "'[]'",
        "created_at": "'2026-01-01 00:00:00+00:00'",
    },
    "refresh_tokens": {
        "seed": f"'{'0' * 64}'",
        "generation": "0",
        "rotated_at": "'2026-01-01 00:00:00+00:00'",
        "last_used_at": "'2026-01-01 00:00:00+00:00'",
        "created_at": "'2026-01-01 00:00:00+00:00'",
    },
}
# Somebody whom keys and sessions can belong to: most histories would be refusals otherwise.
BEGINNING = [
    "DELETE FROM users",
    *(
        f"INSERT INTO users (id, email, roles, {', '.join(FIXED['users'])}) "
        f"VALUES ('{identity}', '{number}@example.com', '[]', {', '.join(FIXED['users'].values())})"
        for number, identity in enumerate(PEOPLE)
    ),
]
SQLITE_VERBS = ["INSERT", "INSERT OR IGNORE", "REPLACE", "INSERT OR FAIL", "UPSERT"]
SQLITE_UPDATES = ["UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE"]


@st.composite
def inserts(draw: st.DrawFn, verbs: list[str]) -> str:
    table = draw(st.sampled_from(list(COLUMNS)))
    ids, unique, uniques, more = COLUMNS[table]
    values = {name: draw(some) for name, some in more.items() if name != "user_id"}
    if "user_id" in more:
        values["user_id"] = f"'{draw(more['user_id'])}'"
    values |= {"id": f"'{draw(ids)}'", unique: draw(uniques), **FIXED[table]}
    verb, ending = draw(st.sampled_from(verbs)), ""
    if verb == "UPSERT":
        renewed = next(name for name in ("disabled_at", "expires_at") if name in values)
        verb, ending = "INSERT", f" ON CONFLICT (id) DO UPDATE SET {renewed} = excluded.{renewed}"
    if verb == "NOTHING":
        verb, ending = "INSERT", " ON CONFLICT DO NOTHING"
    return (
        f"{verb} INTO {table} ({', '.join(values)}) VALUES ({', '.join(values.values())}){ending}"
    )


@st.composite
def updates(draw: st.DrawFn, verbs: list[str]) -> str:
    table = draw(st.sampled_from(list(COLUMNS)))
    ids, unique, uniques, more = COLUMNS[table]
    column = draw(st.sampled_from([unique, *(name for name in more if name != "user_id")]))
    value = draw(uniques if column == unique else more[column])
    where = draw(st.sampled_from(["", f" WHERE id = '{draw(ids)}'"]))
    return f"{draw(st.sampled_from(verbs))} {table} SET {column} = {value}{where}"


@st.composite
def deletes(draw: st.DrawFn) -> str:
    table = draw(st.sampled_from(list(COLUMNS)))
    where = draw(st.sampled_from(["", f" WHERE id = '{draw(COLUMNS[table][0])}'"]))
    return f"DELETE FROM {table}{where}"


truncates = st.sampled_from(
    ["TRUNCATE api_keys", "TRUNCATE refresh_tokens, api_keys", "TRUNCATE users CASCADE"]
)
sqlite_histories = st.lists(
    st.one_of(inserts(SQLITE_VERBS), inserts(SQLITE_VERBS), updates(SQLITE_UPDATES), deletes()),
    min_size=3,
    max_size=25,
)
postgresql_verbs = ["INSERT", "UPSERT", "NOTHING"]
postgresql_histories = st.lists(
    st.one_of(
        inserts(postgresql_verbs),
        inserts(postgresql_verbs),
        updates(["UPDATE"]),
        deletes(),
        truncates,
    ),
    min_size=3,
    max_size=25,
)
# Nothing but what the tables themselves refuse: a trigger must not make a statement fail.
REFUSED = (asyncpg.IntegrityConstraintViolationError, asyncpg.InvalidDatetimeFormatError)
many = settings(suppress_health_check=list(HealthCheck), max_examples=50)
nows = st.sampled_from(MOMENTS)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return copied_sqlite(sqlite_template, tmp_path)


@pytest.fixture
def postgresql_url(postgresql_template: str) -> Iterator[str]:
    with postgresql_database(postgresql_template) as url:
        yield url


@many
@given(history=sqlite_histories, has_keys=st.booleans(), now=nows)
def test_on_sqlite(sqlite_url: str, history: list[str], has_keys: bool, now: datetime) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite://"), isolation_level=None) as hand:
        hand.execute(f"PRAGMA foreign_keys = {int(has_keys)}")
        for statement in (*BEGINNING, *history):
            with suppress(sqlite3.IntegrityError):
                hand.execute(statement)
    hand.close()
    asyncio.run(_holds(sqlite_url, now))


def test_on_postgresql(postgresql_url: str) -> None:
    with asyncio.Runner() as runner:
        hand = runner.run(asyncpg.connect(postgresql_url))
        context = runner.run(database.open_database(DatabaseUrl.parse(postgresql_url)))

        @many
        @given(history=postgresql_histories, now=nows)
        def holds(history: list[str], now: datetime) -> None:
            runner.run(_write(hand, history))
            runner.run(_is_right(now))

        holds()
        runner.run(database.close_database(context))
        runner.run(hand.close())


async def _write(hand: asyncpg.Connection, history: list[str]) -> None:
    for statement in (*BEGINNING, *history):
        with suppress(*REFUSED):
            await hand.execute(statement)


async def _holds(url: str, now: datetime) -> None:
    async with database.opened(DatabaseUrl.parse(url)):
        await _is_right(now)


async def _is_right(now: datetime) -> None:
    for _ in range(2):
        found = await Overviews().latest(now)
        assert found.users == await counting.users(now)
        assert found.keys == await counting.keys(now)
        assert found.live_sessions == await counting.live_sessions(now)
        assert counting.by_kind(await counting.counter_rows()) == await counting.tallied()
        await counters.fold()
