"""Reads events from PostgreSQL, whose commits are not in the order of the ids.

A reader's position is a snapshot. An event is new if the snapshot did not see it, however low its
id.
"""

from __future__ import annotations

from models.connection import connection, rows
from models.event_position import Position, Row, items_of

# Events that the snapshot saw are included if their ids are later: a reader that stopped within one
# reading has that reading's snapshot. At worst an event is read twice.
_AFTER = """
WITH present AS MATERIALIZED (
    SELECT pg_current_snapshot() AS snapshot,
        extract(epoch FROM clock_timestamp())::bigint AS read_at
)
SELECT e.id, e.kind, e.items::text, present.snapshot::text, present.read_at
FROM present LEFT JOIN auth_events e ON e.id > $2 OR (
    e.xid >= pg_snapshot_xmin($1::text::pg_snapshot)
    -- What is ahead of this very look was brought by a dump, and would be told at each one.
    AND e.xid < pg_snapshot_xmax(present.snapshot)
    AND NOT pg_visible_in_snapshot(e.xid, $1::text::pg_snapshot)
)
ORDER BY e.id LIMIT $3
"""


async def present_position() -> Position:
    """The current snapshot, the last id of the sequence, and the second of the server."""
    ((snapshot, last_id, read_at),) = await rows(
        "SELECT pg_current_snapshot()::text, (SELECT last_value FROM auth_events_id_seq), "
        "extract(epoch FROM clock_timestamp())::bigint"
    )
    return Position(last_id, read_at, snapshot)


async def events_after(position: Position, limit: int) -> tuple[list[Row], Position]:
    """Events that the snapshot of `position` did not see, in the order of the ids."""
    found = await rows(_AFTER, [position.snapshot, position.last_id, limit])
    snapshot, read_at = found[0][3:]
    events = [
        Row(Position(number, read_at, snapshot), kind, items_of(items))
        for number, kind, items, *_ in found
        if number is not None
    ]
    last_id = max([position.last_id, *(row.position.last_id for row in events)])
    return events, Position(last_id, read_at, snapshot)


async def remove_events(position: Position) -> None:
    """Deletes events that the snapshot saw, and those that a dump of another cluster brought."""
    await connection().execute_query(
        "DELETE FROM auth_events WHERE xid < pg_snapshot_xmax($1::text::pg_snapshot) "
        "AND pg_visible_in_snapshot(xid, $1::text::pg_snapshot) "
        "OR xid >= pg_snapshot_xmax(pg_current_snapshot())",
        [position.snapshot],
    )


def is_position(position: Position) -> bool:
    """Whether the position has a snapshot."""
    return position.snapshot is not None
