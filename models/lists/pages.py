"""Pages: the rows of a request, and the cursors beside them.

It knows no table, and not how the rows are found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from tortoise.exceptions import OperationalError

from models import database
from models.lists.cursors import Cursor, CursorRejected, Side
from models.lists.page_request import PageRequest
from models.lists.query import Query, Shape
from models.lists.search import Found, Row, Search
from models.lists.segments import position_of
from models.sql import Sql

R = TypeVar("R")

_OPPOSITE = {
    Side.AFTER: Side.UPTO,
    Side.FROM: Side.BEFORE,
    Side.BEFORE: Side.FROM,
    Side.UPTO: Side.AFTER,
}


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Rows in the list's order, and the cursors beside them; a cursor is None where the list ends.

    There may be fewer rows than `limit` although `next_cursor` is set: the search goes on there.
    """

    data: Sequence[R]
    next_cursor: str | None
    previous_cursor: str | None


async def page_of(
    query: Query, shape: Shape, request: PageRequest[Any], read: Callable[[Row], R | None]
) -> Page[R]:
    """The page that is requested, without the rows of which `read` makes None.

    Raises `CursorRejected`.
    """
    dialect = database.engine().dialect
    search = Search(
        dialect,
        query,
        shape,
        is_forward=request.side.is_forward,
        budget=request.budget,
        experience=request.experience,
    )
    try:
        found = await search.found(request.cursor, request.limit + 1)
    except OperationalError as error:
        if request.cursor and dialect.is_bad_value(error):
            # The position of an invented cursor.
            raise CursorRejected from None
        raise
    rows = found.rows[: request.limit]
    ahead, behind = _ahead(found, request), _behind(rows, request)
    if not request.side.is_forward:
        rows, ahead, behind = rows[::-1], behind, ahead
    data = [one for one in map(read, rows) if one is not None]
    return Page(data, _text(ahead, request), _text(behind, request))


def _ahead(found: Found, request: PageRequest[Any]) -> Cursor | None:
    """The cursor at which reading goes on in the same direction."""
    side = request.side.onward
    if len(found.rows) > request.limit:
        return Cursor(side, position_of(found.rows[request.limit - 1]))
    return Cursor(side, found.stopped_at) if found.stopped_at else None


def _behind(rows: Sequence[Row], request: PageRequest[Any]) -> Cursor | None:
    """The cursor at which reading goes back; only reading there tells whether it has rows."""
    if request.cursor is None:
        return None
    if not rows:
        return Cursor(_OPPOSITE[request.side], request.cursor.position)
    return Cursor(Side.BEFORE if request.side.is_forward else Side.AFTER, position_of(rows[0]))


def _text(cursor: Cursor | None, request: PageRequest[Any]) -> str | None:
    return request.cursor_text(cursor) if cursor else None


async def one_row(table: str, row_id: UUID, shape: Shape) -> Row | None:
    """The row of an id, as the list shows it."""
    statement = Sql(
        f"SELECT {shape.columns.text} FROM (SELECT * FROM {table} WHERE id = ?) p {shape.joins}",
        (*shape.columns.values, str(row_id)),
    )
    rows = await database.engine().dialect.rows(statement)
    return rows[0] if rows else None
