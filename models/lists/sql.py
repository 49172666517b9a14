"""Owns pieces of SQL with their values, and the few words in which the two engines differ.

It knows no table. A value is always a parameter, written `?`; PostgreSQL's numbers come last.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, NamedTuple

from models import database

_PLANNING = """SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
    set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true)"""


class Sql(NamedTuple):
    """A piece of a statement and the values of its parameters, in their order."""

    text: str
    values: tuple[Any, ...] = ()


def joined(separator: str, pieces: Iterable[Sql]) -> Sql:
    """The pieces with `separator` in between."""
    parts = tuple(pieces)
    values = tuple(value for part in parts for value in part.values)
    return Sql(separator.join(part.text for part in parts), values)


def all_of(conditions: Iterable[Sql]) -> Sql:
    """What holds where every one of the conditions holds; TRUE where there is none."""
    parts = tuple(conditions)
    return joined(" AND ", parts) if parts else Sql("1 = 1")


def any_of(conditions: Iterable[Sql]) -> Sql:
    """What holds where one of the conditions holds, of which there must be one."""
    either = joined(") OR (", conditions)
    return Sql(f"(({either.text}))", either.values)


def filled(template: str, **pieces: Sql) -> Sql:
    """The template with its `{names}` replaced, each used once, values in the order of the text."""
    order = sorted(pieces, key=lambda name: template.index("{" + name + "}"))
    values = tuple(value for name in order for value in pieces[name].values)
    return Sql(template.format(**{name: piece.text for name, piece in pieces.items()}), values)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one engine says it."""

    is_sqlite: bool

    def moment(self, at: datetime) -> Sql:
        """A time as a value to compare with."""
        if self.is_sqlite:
            return Sql("?", (at.astimezone(UTC).isoformat(" "),))
        return Sql("?::text::timestamptz", (at.astimezone(UTC).isoformat(),))

    def aside(self, column: str) -> str:
        """The column in a condition that must not draw SQLite away from the index in use."""
        return f"+{column}" if self.is_sqlite else column

    def time(self, column: str) -> str:
        """A time to show, as text in UTC; NULL where PostgreSQL has none that can be written."""
        if self.is_sqlite:
            return column
        written = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        # Before that, the year would be written without its BC.
        return f"CASE WHEN {column} >= '0001-01-02' THEN {written} END"

    def text(self, column: str) -> str:
        """A column of another type to show as text: an id, JSON."""
        return column if self.is_sqlite else f"{column}::text"

    def those(self, table: str, ids: Sql) -> Sql:
        """The rows of a table, called `t`, that have these ids: never the planner's own idea.

        It would read the whole table where it takes the ids for many. All ids are known before the
        first row is looked up, so that they are looked up in the order of the index.
        """
        if self.is_sqlite:
            each = f"(SELECT i.id FROM ({ids.text}) i GROUP BY i.id ORDER BY i.id) h"
            return Sql(f"{each} CROSS JOIN {table} t ON t.id = h.id", ids.values)
        every = f"SELECT * FROM {table} WHERE {table}.id = ANY(ARRAY({ids.text})) OFFSET 0"
        return Sql(f"({every}) t", ids.values)

    def owned(self, table: str, ids: Sql, *, by: str) -> Sql:
        """The rows of a table, called `t`, that name one of these ids, of which none may come twice.

        One by one, as they come.
        """
        each = f"({ids.text}) h"
        if self.is_sqlite:
            return Sql(f"{each} CROSS JOIN {table} t ON t.{by} = h.id", ids.values)
        one = f"LATERAL (SELECT * FROM {table} WHERE {table}.{by} = h.id OFFSET 0) t"
        return Sql(f"{each} CROSS JOIN {one}", ids.values)

    @asynccontextmanager
    async def searching(self) -> AsyncIterator[None]:
        """A block whose statements are planned for their own values, and by one process alone.

        A plan for any value takes a rare word for a common one, and starting parallel workers costs
        more than the search. Said for one transaction, for a pooler would refuse it at connecting.
        """
        if self.is_sqlite:
            yield
            return
        async with database.transaction():
            await self.rows(Sql(_PLANNING))
            yield

    async def rows(self, statement: Sql) -> list[dict[str, Any]]:
        """What the statement answers."""
        text = statement.text
        if not self.is_sqlite:
            numbers = count(1)
            text = "".join(
                part if number == 0 else f"${next(numbers)}{part}"
                for number, part in enumerate(text.split("?"))
            )
        return await database.connection().execute_query_dict(text, list(statement.values))


def dialect() -> Dialect:
    """That of the open database."""
    return Dialect(is_sqlite=database.is_sqlite())
