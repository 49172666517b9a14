"""What the indexes hold: a filter that seldom fits is looked at in the index, and not row by row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.administration.queries import page_request
from models import database
from models.engines.dialect import Dialect
from models.lists import api_keys, audit_events
from models.lists.api_keys import KeyFilters
from models.lists.audit_events import EventFilters
from models.lists.budget import Budget
from models.lists.page_request import PageRequest
from models.lists.pages import page_of
from models.lists.query import Query, Shape
from models.sql import Sql
from tests.models.rows import NOW, add_user
from tests.support.databases import execute

pytestmark = pytest.mark.anyio

ROWS = 2_000
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}


@pytest.mark.parametrize("sort", ["name", "created_at", "last_used_at"])
async def test_expired_keys_are_told_by_the_index_of_any_sort(
    opened: str, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many_keys(opened)
    # As few among these rows as the real number is among millions.
    request = replace(
        page_request(KeyFilters(status="expired"), api_keys.SORTS, sort=sort),
        budget=Budget(near_batch=200),
    )
    query = api_keys.query(request, NOW)
    assert query.is_covered
    plans = await plans_of(query, api_keys.shape(), request, monkeypatch)
    assert f"idx_api_keys_{sort[:7]}" in plans
    if database.engine().name != "sqlite":
        assert "(expires_at <=" in plans
        assert "Filter: (expires_at" not in plans


async def test_the_failures_of_one_action_have_an_index(
    opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many_events(opened)
    filters = EventFilters(action="auth.logout", outcome="failure")
    request = page_request(filters, audit_events.SORTS, sort="-at")
    query = audit_events.query(request)
    assert not query.is_filtered
    plans = await plans_of(query, audit_events.shape(), request, monkeypatch)
    assert "audit_events_failures" in plans


async def plans_of(
    query: Query, shape: Shape, request: PageRequest[Any], monkeypatch: pytest.MonkeyPatch
) -> str:
    """How the engine answers every statement that a page takes."""
    asked: list[Sql] = []
    dialect = database.engine().dialect
    rows = dialect.rows

    async def recorded(_: Dialect, statement: Sql) -> list[dict[str, object]]:
        asked.append(statement)
        return await rows(statement)

    with monkeypatch.context() as patch:
        patch.setattr(type(dialect), "rows", recorded)
        page = await page_of(query, shape, request, dict)
    assert page.data
    plans: list[dict[str, object]] = []
    word = EXPLAIN[database.engine().name]
    async with dialect.searching():
        for statement in asked:
            if f"FROM {query.table} t" in statement.text:
                plans += await dialect.rows(Sql(f"{word} {statement.text}", statement.values))
    return "\n".join(str(value) for plan in plans for value in plan.values())


async def many_keys(url: str) -> None:
    """So many keys of one user, of which one in twenty has expired."""
    user = await add_user()
    await _fill(url, _KEYS.format(user=user.id))


async def many_events(url: str) -> None:
    """So many events, of which few are failures, and of those few log-outs."""
    await _fill(url, _EVENTS)


async def _fill(url: str, statement: str) -> None:
    await execute(url, _written(statement))
    await execute(url, "ANALYZE")


def _written(statement: str) -> str:
    """For the engine that is open; numbers from 1 on are called n."""
    if database.engine().name == "sqlite":
        numbers = f"{_NUMBERS} SELECT"
        table, row_id = "n", "printf('00000000-0000-7000-8000-%012x', n)"
        time, digest = "datetime(1577836800 + n, 'unixepoch') || '+00:00'", "printf('%064x', n)"
    else:
        numbers, table = "SELECT", f"generate_series(1, {ROWS}) n"
        row_id = "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
        time, digest = "to_timestamp(1577836800 + n)", "lpad(to_hex(n), 64, '0')"
    text = f"{statement.replace('SELECT', numbers)} FROM {table}"
    for name, piece in {"ROW_ID": row_id, "DIGEST": digest, "TIME": time}.items():
        text = text.replace(name, piece)
    return text


_NUMBERS = f"WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {ROWS})"
_KEYS = """
INSERT INTO api_keys (id, user_id, name, key_hash, key_prefix, scopes, created_at, last_used_at,
    expires_at)
SELECT ROW_ID, '{user}', 'key ' || n, DIGEST, 'evr_00000000...', '["*"]', TIME, TIME,
    CASE WHEN n % 20 = 0 THEN TIME END
"""
_EVENTS = """
INSERT INTO audit_events (id, at, action, outcome, detail)
SELECT ROW_ID, TIME, CASE WHEN n % 3 = 0 THEN 'auth.logout' ELSE 'auth.login' END,
    CASE WHEN n % 20 = 0 THEN 'failure' ELSE 'success' END, '{}'
"""
