"""The pieces of SQL for lists that differ between engines; each engine has its own class.

The module knows tables by their names alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from models.sql import Sql


class Dialect(Protocol):
    """The SQL of one engine. An `Sql` holds its values beside its text."""

    @property
    def id_parameter(self) -> str:
        """The parameter of an id whose value is text."""

    def moment(self, at: datetime) -> Sql:
        """A time as a value to compare with."""

    def position_value(self, kind: str, raw: bytes, *, is_time: bool) -> Sql:
        """The value of a cursor; `kind` is the storage class that SQLite gave it."""

    def position_columns(self, column: str) -> str:
        """The columns `position_raw`, and on SQLite `position_kind`, that tell a row's value exactly."""

    def aside(self, column: str) -> str:
        """The column in a condition that must not make SQLite leave the index in use."""

    def time(self, column: str) -> str:
        """A column of times as text in UTC; NULL where PostgreSQL has one before the year 1."""

    def text(self, column: str) -> str:
        """A column of another type, an id or JSON, as text."""

    def those(self, table: str, ids: Sql) -> Sql:
        """The rows of a table, named `t`, with these ids, by its primary key.

        The planner would read the whole table where it overestimates the number of ids. All ids are
        known before the first row is read, so that rows are read in the order of the index.
        """

    def owned(self, table: str, ids: Sql, *, by: str) -> Sql:
        """The rows of a table, named `t`, whose column `by` is one of these distinct ids.

        The ids are read one by one.
        """

    def has_role(self, role: str) -> Sql:
        """The condition that the user `t` has a role."""

    def ids_with_role(self, role: str) -> Sql:
        """The ids of the users that have a role, by the index of roles."""

    def contains(self, columns: Sequence[str], part: str) -> Sql:
        r"""The condition that the columns hold `part`, without case; `\n\n` stands before each."""

    def search_parts(self, table: str, part: str, columns: str) -> Sql:
        """The `columns` of the rows of `table`'s search table that contain `part`, by its index."""

    def searching(self) -> AbstractAsyncContextManager[None]:
        """A block whose statements are planned for their own values, and run by one process."""

    async def rows(self, statement: Sql) -> list[dict[str, Any]]:
        """The rows of a statement, each a mapping of column to value."""

    def is_bad_value(self, error: BaseException) -> bool:
        """Whether a statement failed because a value is not of its column's type."""
