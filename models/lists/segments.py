"""The order of a list: its segments, and the SQL that bounds a part of a segment.

Rows whose sorted column is null come last in both directions. They are a segment of their own, so
that each segment is one range of one index, on both engines, whichever end an engine keeps nulls at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.engines.dialect import Dialect
from models.lists.cursors import Position
from models.lists.query import Operator, Query, TimeRange
from models.sql import Sql, all_of


@dataclass(frozen=True, slots=True)
class Segment:
    """Some rows of the list in a row: those with a value to sort by, or those without.

    `is_descending` is the direction of reading, which is the other one when a list is read backwards.
    """

    is_null: bool
    is_descending: bool

    @property
    def comparison(self) -> Operator:
        """The comparison with a position that the rows after it pass."""
        return "<" if self.is_descending else ">"


def segments(query: Query, *, is_forward: bool) -> Iterator[Segment]:
    """The list in the order in which it is read."""
    direction = query.is_descending == is_forward
    nulls = (False, True) if query.sort.is_nullable else (False,)
    for is_null in nulls if is_forward else reversed(nulls):
        if _is_possible(query, is_null=is_null):
            yield Segment(is_null, direction)


def _is_possible(query: Query, *, is_null: bool) -> bool:
    on_column = [within for within in query.within if within.column == query.sort.column]
    return all(within.or_null if is_null else bool(within.bounds) for within in on_column)


def order(query: Query, segment: Segment, alias: str = "t") -> str:
    """The ORDER BY columns of a segment, which its index serves."""
    word = "DESC" if segment.is_descending else "ASC"
    columns = (query.sort.column,) if query.sort.is_unique else (query.sort.column, "id")
    return ", ".join(f"{alias}.{column} {word}" for column in columns)


def order_of_all(query: Query, segment: Segment, alias: str, *, is_forward: bool) -> str:
    """The order of all segments together, for rows that no index brings in order."""
    nulls = f"{alias}.{query.sort.column} IS NULL {'ASC' if is_forward else 'DESC'}, "
    return (nulls if query.sort.is_nullable else "") + order(query, segment, alias)


def range_of(dialect: Dialect, query: Query, segment: Segment, *, is_begun: bool) -> Sql:
    """The condition of a segment's rows, by its index; `is_begun` where a position bounds it too."""
    column = f"t.{query.sort.column}"
    if query.sort.is_nullable:
        null = Sql(f"{column} IS {'' if segment.is_null else 'NOT '}NULL")
    else:
        null = Sql("1 = 1")
    bounds = () if segment.is_null else tuple(_bounds(dialect, query, segment, is_begun=is_begun))
    return all_of((*query.prefix, null, *bounds))


def _bounds(dialect: Dialect, query: Query, segment: Segment, *, is_begun: bool) -> Iterator[Sql]:
    for within in query.within:
        if within.column != query.sort.column:
            continue
        for operator, at in within.bounds:
            # SQLite begins a range at one bound only, and the position is the nearer one.
            is_aside = is_begun and operator[0] == segment.comparison
            column = f"t.{within.column}"
            moment = dialect.moment(at)
            name = dialect.aside(column) if is_aside else column
            yield Sql(f"{name} {operator} {moment.text}", moment.values)


def beyond(
    dialect: Dialect, query: Query, segment: Segment, position: Position, *, inclusive: bool
) -> Sql:
    """The condition of the rows that are read after a position in this segment."""
    return _compared(dialect, query, position, segment.comparison + ("=" if inclusive else ""))


def until(dialect: Dialect, query: Query, segment: Segment, position: Position) -> Sql:
    """The condition of the rows that are read up to a position in this segment, itself included."""
    return _compared(dialect, query, position, ">=" if segment.is_descending else "<=")


def _compared(dialect: Dialect, query: Query, position: Position, operator: str) -> Sql:
    row_id = dialect.id_parameter
    if position.is_null:
        return Sql(f"t.id {operator} {row_id}", (position.id,))
    value = dialect.position_value(position.kind, position.raw, is_time=query.sort.is_time)
    if query.sort.is_unique:
        return Sql(f"t.{query.sort.column} {operator} {value.text}", value.values)
    return Sql(
        f"(t.{query.sort.column}, t.id) {operator} ({value.text}, {row_id})",
        (*value.values, position.id),
    )


def conditions(dialect: Dialect, query: Query) -> tuple[Sql, ...]:
    """The conditions that are checked row by row, because the sort's index does not bound them."""
    beside = (w for w in query.within if w.column != query.sort.column)
    return (*(_looked_up(dialect, within) for within in beside), *query.checks)


def _looked_up(dialect: Dialect, within: TimeRange) -> Sql:
    column = dialect.aside(f"t.{within.column}")
    if not within.bounds:
        return Sql(f"{column} IS NULL")
    moments = [(operator, dialect.moment(at)) for operator, at in within.bounds]
    bounded = all_of(Sql(f"{column} {op} {moment.text}", moment.values) for op, moment in moments)
    if not within.or_null:
        return bounded
    return Sql(f"({column} IS NULL OR ({bounded.text}))", bounded.values)


def position_columns(dialect: Dialect, query: Query) -> str:
    """The columns from which `position_of` reads the position of a row."""
    return dialect.position_columns(f"p.{query.sort.column}")


def position_of(row: dict[str, object]) -> Position:
    """The position of a row that was read with its `id` and the `position_columns`."""
    raw = row["position_raw"]
    if raw is None:
        return Position("null", b"", str(row["id"]))
    encoded = raw if isinstance(raw, bytes) else str(raw).encode()
    return Position(str(row.get("position_kind", "text")), encoded, str(row["id"]))
