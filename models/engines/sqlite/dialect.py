"""The pieces of SQL of the lists on SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from models.connection import connection
from models.engines.sqlite.folding import folded, unfolded
from models.sql import Sql

# Up to so many nested calls are quicker than a function of ours, and no trouble for the parser.
MOST_REPLACED = 8
_CASTS = {
    "text": "CAST(? AS TEXT)",
    "blob": "?",
    "integer": "CAST(? AS NUMERIC)",
    "real": "CAST(? AS NUMERIC)",
}


class SqliteDialect:
    """Times, ids and JSON are texts; a column may hold values of any storage class."""

    id_parameter = "?"

    def moment(self, at: datetime) -> Sql:
        """Text in ISO 8601 and UTC, as the rows hold it."""
        return Sql("?", (at.astimezone(UTC).isoformat(" "),))

    def position_value(self, kind: str, raw: bytes, *, is_time: bool) -> Sql:
        """The value of a cursor, cast to the storage class `kind`."""
        del is_time  # a time is a text
        return Sql(_CASTS[kind], (raw,))

    def position_columns(self, column: str) -> str:
        """The storage class of the column, and its bytes."""
        return f"typeof({column}) AS position_kind, CAST({column} AS BLOB) AS position_raw"

    def aside(self, column: str) -> str:
        """The column behind a unary plus, which no index matches."""
        return f"+{column}"

    def time(self, column: str) -> str:
        """The column itself, which holds text."""
        return column

    def text(self, column: str) -> str:
        """The column itself, which holds text."""
        return column

    def those(self, table: str, ids: Sql) -> Sql:
        """Joins the sorted ids by CROSS JOIN, whose order SQLite keeps."""
        each = f"(SELECT i.id FROM ({ids.text}) i GROUP BY i.id ORDER BY i.id) h"
        return Sql(f"{each} CROSS JOIN {table} t ON t.id = h.id", ids.values)

    def owned(self, table: str, ids: Sql, *, by: str) -> Sql:
        """Joins the ids by CROSS JOIN, whose order SQLite keeps."""
        return Sql(f"({ids.text}) h CROSS JOIN {table} t ON t.{by} = h.id", ids.values)

    def has_role(self, role: str) -> Sql:
        """A row of the table `users_roles`, which triggers maintain."""
        return Sql(
            "EXISTS (SELECT 1 FROM users_roles r WHERE r.role = ? AND r.user_id = t.id)", (role,)
        )

    def ids_with_role(self, role: str) -> Sql:
        """By the index of the table `users_roles`."""
        return Sql("SELECT user_id AS id FROM users_roles WHERE role = ?", (role,))

    def contains(self, columns: Sequence[str], part: str) -> Sql:
        """Compares in lower case, as `folding` does for all letters."""
        text = " || ".join(f"char(10, 10) || {column}" for column in columns)
        return _contains(text, folded(part))

    def search_parts(self, table: str, part: str, columns: str) -> Sql:
        """By the FTS5 index, each hit checked again with our own folding."""
        phrase = '"' + part.replace('"', '""') + '"'
        # The index takes letters for equal that we do not.
        check = _contains("s.text", folded(part))
        return Sql(
            f"SELECT {columns} FROM {table}_search_parts x "
            f"CROSS JOIN {table}_search s ON s.number = x.rowid "
            f"WHERE x.{table}_search_parts MATCH ? AND {check.text}",
            (phrase, *check.values),
        )

    @asynccontextmanager
    async def searching(self) -> AsyncIterator[None]:
        """A block without a transaction: SQLite plans each statement once, in this thread."""
        yield

    async def rows(self, statement: Sql) -> list[dict[str, Any]]:
        """Runs the statement."""
        return await connection().execute_query_dict(statement.text, list(statement.values))

    def is_bad_value(self, error: BaseException) -> bool:
        """Never: a column holds values of any type."""
        del error
        return False


def _contains(text: str, part: str) -> Sql:
    """Folds only the letters of `part`, where they are few: that costs a tenth."""
    pairs = tuple(unfolded(part))
    if len(pairs) > MOST_REPLACED:
        return Sql(f"instr(everruns_folded({text}), ?) > 0", (part,))
    values: list[str] = []
    for capital, letter in pairs:
        text = f"replace({text}, ?, ?)"
        values += (capital, letter)
    return Sql(f"instr(lower({text}), ?) > 0", (*values, part))
