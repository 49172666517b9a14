"""Owns pages: the rows that were found, and the cursors beside them.

It knows no table, and not how the rows were found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tortoise.exceptions import OperationalError

from models import database
from models.lists import cursors
from models.lists.cursors import Cursor, CursorRejected, Side
from models.lists.query import Query, Shape
from models.lists.search import Found, Row, Search, Start
from models.lists.segments import position_of
from models.sql import Sql

_OPPOSITE = {
    Side.AFTER: Side.UPTO,
    Side.FROM: Side.BEFORE,
    Side.BEFORE: Side.FROM,
    Side.UPTO: Side.AFTER,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """How many rows are wanted, and beside which place; `purpose` is what a cursor is good for."""

    limit: int
    purpose: str
    cursor: Cursor | None = None

    @property
    def side(self) -> Side:
        return self.cursor.side if self.cursor else Side.FROM


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows in the list's order, and the cursors beside them.

    There may be fewer rows than were wanted although `next_cursor` is set: the search goes on there.
    """

    rows: Sequence[Row]
    next_cursor: str | None
    previous_cursor: str | None


async def page_of(query: Query, shape: Shape, wish: Wish) -> Page:
    """The page that is wished for; raises `CursorRejected`."""
    search = Search(database.engine().dialect, query, shape, is_forward=wish.side.is_forward)
    try:
        found = await search.found(_start(wish), wish.limit + 1)
    except OperationalError as error:
        if wish.cursor and database.engine().dialect.is_bad_value(error):
            # A place that somebody made up.
            raise CursorRejected from None
        raise
    rows = found.rows[: wish.limit]
    more, less = _more(found, wish), _less(rows, wish)
    if not wish.side.is_forward:
        rows, more, less = rows[::-1], less, more
    return Page(rows, next_cursor=_text(more, wish), previous_cursor=_text(less, wish))


def _start(wish: Wish) -> Start | None:
    if wish.cursor is None:
        return None
    return Start(wish.cursor.position, is_included=wish.side in (Side.FROM, Side.UPTO))


def _more(found: Found, wish: Wish) -> Cursor | None:
    """Where to read on in the direction of reading."""
    side = Side.AFTER if wish.side.is_forward else Side.BEFORE
    if len(found.rows) > wish.limit:
        return Cursor(side, position_of(found.rows[wish.limit - 1]))
    return Cursor(side, found.stopped_at) if found.stopped_at else None


def _less(rows: Sequence[Row], wish: Wish) -> Cursor | None:
    """Where to read in the other direction; whether anything is there is seen when it is read."""
    if wish.cursor is None:
        return None
    if not rows:
        return Cursor(_OPPOSITE[wish.side], wish.cursor.position)
    return Cursor(Side.BEFORE if wish.side.is_forward else Side.AFTER, position_of(rows[0]))


def _text(cursor: Cursor | None, wish: Wish) -> str | None:
    return cursors.written(cursor, wish.purpose) if cursor else None


async def one_row(table: str, row_id: UUID, shape: Shape) -> Row | None:
    """The row of an id, as the list shows it."""
    statement = Sql(
        f"SELECT {shape.columns.text} FROM (SELECT * FROM {table} WHERE id = ?) p {shape.joins}",
        (*shape.columns.values, str(row_id)),
    )
    rows = await database.engine().dialect.rows(statement)
    return rows[0] if rows else None
