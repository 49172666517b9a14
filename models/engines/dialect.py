"""The SQL in which the engines differ, as pieces for the lists; each engine has its own class.

It knows tables by their names alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from models.sql import Sql


class Dialect(Protocol):
    """One engine's SQL. A method that returns `Sql` returns its values beside the text."""

    @property
    def id_parameter(self) -> str:
        """A parameter for an id, which is handed over as text."""

    def moment(self, at: datetime) -> Sql:
        """A time as a value to compare with."""

    def position_value(self, kind: str, raw: bytes, *, is_time: bool) -> Sql:
        """The value of a cursor; `kind` is the storage class that SQLite gave it."""

    def position_columns(self, column: str) -> str:
        """The columns `position_raw`, and on SQLite `position_kind`, that tell a row's value exactly."""

    def aside(self, column: str) -> str:
        """The column in a condition that must not draw SQLite away from the index in use."""

    def time(self, column: str) -> str:
        """A time to show, as text in UTC; NULL where PostgreSQL has none that can be written."""

    def text(self, column: str) -> str:
        """A column of another type to show as text: an id, JSON."""

    def those(self, table: str, ids: Sql) -> Sql:
        """The rows of a table, called `t`, that have these ids: never the planner's own idea.

        It would read the whole table where it takes the ids for many. All ids are known before the
        first row is looked up, so that they are looked up in the order of the index.
        """

    def owned(self, table: str, ids: Sql, *, by: str) -> Sql:
        """The rows of a table, called `t`, that name one of these ids, of which none may come twice.

        One by one, as they come.
        """

    def has_role(self, role: str) -> Sql:
        """The condition that the user `t` has a role."""

    def ids_with_role(self, role: str) -> Sql:
        """The ids of the users that have a role, by the index of roles."""

    def contains(self, columns: Sequence[str], part: str) -> Sql:
        r"""The condition that the columns hold `part`, without case; `\n\n` stands before each."""

    def search_parts(self, table: str, part: str, columns: str) -> Sql:
        """The `columns` of the rows of `table`'s search table that hold `part`, by its index."""

    def searching(self) -> AbstractAsyncContextManager[None]:
        """A block whose statements are planned for their own values, and by one process alone."""

    async def rows(self, statement: Sql) -> list[dict[str, Any]]:
        """The rows that the statement returns."""

    def is_bad_value(self, error: BaseException) -> bool:
        """Whether a statement failed because a value is none of its column's type."""
