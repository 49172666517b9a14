"""The request for a page: filters, order, size and position, from the query string to the SQL.

It knows no table.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from models.lists import cursors
from models.lists.budget import Budget
from models.lists.cursors import Cursor, Side
from models.lists.experience import Experience
from models.lists.query import Sort

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class PageRequest(Generic[F]):
    """At most `limit` rows that pass `filters`, beside a cursor or from the beginning of the list.

    The page is read within the budget: it may be short where few rows fit. Pages that
    share an experience learn from each other which candidate sets are worth reading.
    """

    filters: F
    sort: Sort
    is_descending: bool
    limit: int
    cursor: Cursor | None = None
    budget: Budget = field(default_factory=Budget)
    experience: Experience = field(default_factory=Experience)

    @property
    def side(self) -> Side:
        """The side of the cursor that is read; a list without a cursor is read forwards."""
        return self.cursor.side if self.cursor else Side.FROM

    def at(self, text: str) -> PageRequest[F]:
        """The same request beside the cursor of a page; raises `CursorRejected`."""
        return replace(self, cursor=cursors.read(text, self._purpose))

    def cursor_text(self, cursor: Cursor) -> str:
        """The cursor as text for a client; it fits these filters and this order alone."""
        return cursors.written(cursor, self._purpose)

    @property
    def _purpose(self) -> str:
        # The name of the filters' class is the list's.
        return f"{self.filters!r} {self.sort.column} {self.is_descending}"
