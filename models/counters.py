"""The table `auth_tallies`: numbers of users, sessions and keys, without counting them.

Triggers maintain it. Keys and sessions are counted by day; the rest of one day is counted in the
tables, through an index.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from models import database

_DAY_SECONDS = 86_400
NEVER = -1
# Kind of the row that a trigger inserts when it cannot count; the tables are then counted again.
MISCOUNTED = "miscounted"


@dataclass(frozen=True, slots=True)
class CounterRow:
    """`n` rows of `what` with one day of last use and of expiry, since the epoch; -1 is never."""

    what: str
    used_day: int
    expires_day: int
    n: int


def day_of(moment: datetime) -> int:
    """Days from the epoch to `moment`, in UTC."""
    return int(moment.timestamp()) // _DAY_SECONDS


def beginning_of(day: int) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime.fromtimestamp(day * _DAY_SECONDS, UTC)


async def summed_around(used: int, expires: int) -> list[CounterRow]:
    """The counters, summed over the days that these two days do not tell apart.

    Days of use before `used` count as the one before it, later ones as `used`. Days of expiry count
    as the one before `expires`, as `expires`, or as the one after it. The rows are few, however
    many the days are.
    """
    rows = await database.connection().execute_query_dict(
        f"""
        SELECT what,
            CASE WHEN used_day < 0 THEN -1 WHEN used_day < {used:d} THEN {used - 1:d}
                ELSE {used:d} END AS used_day,
            CASE WHEN expires_day < 0 THEN -1 WHEN expires_day < {expires:d} THEN {expires - 1:d}
                WHEN expires_day = {expires:d} THEN {expires:d} ELSE {expires + 1:d} END AS expires_day,
            CAST(sum(n) AS BIGINT) AS n
        FROM auth_tallies GROUP BY 1, 2, 3
        """  # noqa: S608  (whole numbers of ours)
    )
    return [CounterRow(**row) for row in rows]


async def fold() -> None:
    """Sum up what was added row by row, on PostgreSQL; two that do it at once do no harm."""
    await database.engine().statements.fold_counters()


async def recount() -> None:
    """Counts the tables again, where the counters of the triggers cannot be trusted."""
    await database.engine().statements.recount()
