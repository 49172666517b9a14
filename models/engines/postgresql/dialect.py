"""The pieces of SQL of the lists on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

import asyncpg

from models.connection import connection, transaction
from models.sql import Sql

_PLANNING = """SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
    set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true)"""


class PostgresqlDialect:
    """Every parameter is text, cast in the statement."""

    id_parameter = "?::text::uuid"

    def moment(self, at: datetime) -> Sql:
        """A `timestamptz`, cast from text in ISO 8601."""
        return Sql("?::text::timestamptz", (at.astimezone(UTC).isoformat(),))

    def position_value(self, kind: str, raw: bytes, *, is_time: bool) -> Sql:
        """The value of a cursor as text, or as a `timestamptz`; `kind` is unused."""
        del kind  # the column has one type
        parameter = "?::text::timestamptz" if is_time else "?::text"
        return Sql(parameter, (raw.decode(errors="replace"),))

    def position_columns(self, column: str) -> str:
        """The text of the column."""
        return f"{column}::text AS position_raw"

    def aside(self, column: str) -> str:
        """The column itself: PostgreSQL needs no hint."""
        return column

    def time(self, column: str) -> str:
        """Text with microseconds in UTC; NULL before 0001-01-02."""
        written = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        # Before that, the year would be written without its BC.
        return f"CASE WHEN {column} >= '0001-01-02' THEN {written} END"

    def text(self, column: str) -> str:
        """The column, cast to text."""
        return f"{column}::text"

    def those(self, table: str, ids: Sql) -> Sql:
        """Reads by `id = ANY(ARRAY(…))`; OFFSET 0 keeps the planner from rewriting it."""
        every = f"SELECT * FROM {table} WHERE {table}.id = ANY(ARRAY({ids.text})) OFFSET 0"
        return Sql(f"({every}) t", ids.values)

    def owned(self, table: str, ids: Sql, *, by: str) -> Sql:
        """Joins each id LATERAL; OFFSET 0 keeps the planner from rewriting it."""
        one = f"LATERAL (SELECT * FROM {table} WHERE {table}.{by} = h.id OFFSET 0) t"
        return Sql(f"({ids.text}) h CROSS JOIN {one}", ids.values)

    def has_role(self, role: str) -> Sql:
        """Containment in the JSON array of roles."""
        return Sql("t.roles @> ?::text::jsonb", (json.dumps([role]),))

    def ids_with_role(self, role: str) -> Sql:
        """By the GIN index of the roles."""
        return Sql("SELECT id FROM users WHERE roles @> ?::text::jsonb", (json.dumps([role]),))

    def contains(self, columns: Sequence[str], part: str) -> Sql:
        """Compares in lower case, as `lower` of the database does."""
        text = " || ".join(f"E'\\n\\n' || {column}" for column in columns)
        return Sql(f"position(lower(?::text) in lower({text})) > 0", (part,))

    def search_parts(self, table: str, part: str, columns: str) -> Sql:
        """By LIKE, for which the trigram index is used."""
        return Sql(
            f"SELECT {columns} FROM {table}_search s WHERE s.text LIKE lower(?::text)",
            (_pattern(part),),
        )

    @asynccontextmanager
    async def searching(self) -> AsyncIterator[None]:
        """A transaction with a plan for each statement's own values, without parallel workers.

        A plan for any value takes a rare word for a common one, and starting workers costs more
        than the search. Settings of a transaction, for a pooler would refuse them at connecting.
        """
        async with transaction():
            await self.rows(Sql(_PLANNING))
            yield

    async def rows(self, statement: Sql) -> list[dict[str, Any]]:
        """Numbers the parameters, `$1` and so on, and runs the statement."""
        numbers = count(1)
        first, *others = statement.text.split("?")
        text = first + "".join(f"${next(numbers)}{other}" for other in others)
        return await connection().execute_query_dict(text, list(statement.values))

    def is_bad_value(self, error: BaseException) -> bool:
        """Whether the driver or the server refused it; the ORM wraps their errors."""
        return bool(error.args) and isinstance(error.args[0], asyncpg.DataError)


def _pattern(part: str) -> str:
    for special in ("\\", "%", "_"):
        part = part.replace(special, "\\" + special)
    return f"%{part}%"
