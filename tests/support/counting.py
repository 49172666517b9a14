"""What the overview must say, counted plainly: every row is looked at."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from api.administration.overview import KeyCounts, UserCounts
from models import ANONYMOUS_ID, database
from models.counters import CounterRow

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
OPERATORS = {
    "sqlite": "EXISTS (SELECT 1 FROM json_each(roles) WHERE value = 'admin')",
    "postgresql": """roles @> '["admin"]'""",
}


async def users(now: datetime) -> UserCounts:
    is_operator = OPERATORS[database.engine().name]
    return UserCounts(
        total=await _count("users", "id <> ?", ANONYMOUS_ID),
        disabled=await _count("users", "id <> ? AND disabled_at IS NOT NULL", ANONYMOUS_ID),
        operators=await _count(
            "users", f"id <> ? AND disabled_at IS NULL AND {is_operator}", ANONYMOUS_ID
        ),
        new_24h=await _count("users", "id <> ? AND created_at >= ?", ANONYMOUS_ID, now - DAY),
    )


async def keys(now: datetime) -> KeyCounts:
    live = "(expires_at IS NULL OR expires_at > ?)"
    return KeyCounts(
        live=await _count("api_keys", f"{live} AND last_used_at >= ?", now, now - 90 * DAY),
        expired=await _count("api_keys", "expires_at <= ?", now),
        never_used=await _count("api_keys", f"{live} AND last_used_at IS NULL", now),
        stale=await _count("api_keys", f"{live} AND last_used_at < ?", now, now - 90 * DAY),
        used_1m=await _count("api_keys", "last_used_at >= ?", now - MINUTE),
        used_1h=await _count("api_keys", "last_used_at >= ?", now - HOUR),
        used_24h=await _count("api_keys", "last_used_at >= ?", now - DAY),
    )


async def live_sessions(now: datetime) -> int:
    return await _count("refresh_tokens", "expires_at > ?", now)


async def tallied() -> Counter[str]:
    """How many of each kind there are by the tables."""
    is_operator = OPERATORS[database.engine().name]
    not_anonymous = "id <> ?"
    return +Counter(
        users=await _count("users", not_anonymous, ANONYMOUS_ID),
        disabled=await _count(
            "users", f"{not_anonymous} AND disabled_at IS NOT NULL", ANONYMOUS_ID
        ),
        operators=await _count(
            "users",
            f"{not_anonymous} AND disabled_at IS NULL AND {is_operator}",
            ANONYMOUS_ID,
        ),
        api_keys=await _count("api_keys", "true"),
        refresh_tokens=await _count("refresh_tokens", "true"),
    )


async def counter_rows() -> list[CounterRow]:
    """All that the triggers added up, one a kind and pair of days."""
    rows = await database.connection().execute_query_dict(
        "SELECT what, used_day, expires_day, CAST(sum(n) AS BIGINT) AS n "
        "FROM auth_tallies GROUP BY 1, 2, 3"
    )
    return [CounterRow(**row) for row in rows]


def by_kind(found: list[CounterRow]) -> Counter[str]:
    """How many of each kind there are by the tallies; nothing may be below nothing."""
    assert all(counter_row.n >= 0 for counter_row in found), found
    counts: Counter[str] = Counter()
    for counter_row in found:
        counts[counter_row.what] += counter_row.n
    return +counts


async def _count(table: str, where: str, *values: Any) -> int:
    if database.engine().name == "sqlite":
        values = tuple(
            value.isoformat(" ") if isinstance(value, datetime) else str(value) for value in values
        )
    else:
        for number in range(1, len(values) + 1):
            where = where.replace("?", f"${number}", 1)
    rows = await database.connection().execute_query_dict(
        f"SELECT COUNT(*) AS n FROM {table} WHERE {where}", list(values)
    )
    n: int = rows[0]["n"]
    return n
