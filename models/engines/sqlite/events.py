"""Reads events from SQLite, where commits are in the order of the ids."""

from __future__ import annotations

from models.connection import connection, rows
from models.event_position import Position, Row, items_of


async def present_position() -> Position:
    """The last id that was ever given, and the second of the machine."""
    ((last_id, read_at),) = await rows(
        "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'auth_events'), 0), "
        "CAST(strftime('%s', 'now') AS INTEGER)"
    )
    return Position(last_id, read_at)


async def events_after(position: Position, limit: int) -> tuple[list[Row], Position]:
    """Events with a higher id than that of `position`."""
    found = await rows(
        "SELECT e.id, e.kind, e.items, CAST(strftime('%s', 'now') AS INTEGER) "
        "FROM (SELECT 1) LEFT JOIN auth_events e ON e.id > ? ORDER BY e.id LIMIT ?",
        [position.last_id, limit],
    )
    read_at = found[0][3]
    events = [
        Row(Position(number, read_at), kind, items_of(items))
        for number, kind, items, _ in found
        if number is not None
    ]
    return events, events[-1].position if events else Position(position.last_id, read_at)


async def remove_events(position: Position) -> None:
    """Deletes events up to the id of `position`."""
    await connection().execute_query("DELETE FROM auth_events WHERE id <= ?", [position.last_id])


def is_position(position: Position) -> bool:
    """Whether the position has no snapshot."""
    return position.snapshot is None
