"""Owns the table `auth_events`: what happened, for some minutes, and where a reader of it stands.

Triggers write it, whoever's hand changed a row. It does not know who reads.

On SQLite commits are in the order of the ids, so a reader stands at an id. On PostgreSQL they are
not: a reader stands at a snapshot, and what that snapshot did not see is new to it, however early
its id. Each event is told the snapshot that first saw it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models import database

# How many rows one look hands over. Whoever missed more is better off loading everything again than
# being told each, and a look must not fill the memory (on SQLite each row of a statement is one).
MOST = 10_000
RESET = "reset"

# xmin:xmax:xip_list (PostgreSQL's pg_snapshot), then the last row's id and when it was read.
_POSITION = re.compile(r"(?:([0-9]{1,18}:[0-9]{1,18}:[0-9,]{0,4000})/)?([0-9]{1,18})@([0-9]{1,12})")
_LISTED = re.compile(r"[0-9]{1,18}(,[0-9]{1,18})*")
_XID_BITS = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class Position:
    """Where a reader stands: it has seen what is before.

    `read_at` is in whole seconds since the epoch, by the database's clock.
    """

    last_id: int
    read_at: int
    snapshot: str | None = None

    def is_after(self, other: Position) -> bool:
        """Whether no reader who stands at `other` can have been here: another database's place."""
        return self.last_id > other.last_id or self._next_xid > other._next_xid

    @property
    def _next_xid(self) -> int:
        return int(self.snapshot.split(":")[1]) if self.snapshot else 0

    def __str__(self) -> str:
        prefix = f"{self.snapshot}/" if self.snapshot else ""
        return f"{prefix}{self.last_id}@{self.read_at}"

    @classmethod
    def parse(cls, text: str) -> Position | None:
        """The place that a text names; None when it names none."""
        match = _POSITION.fullmatch(text)
        if match is None or not _is_snapshot(match[1]):
            return None
        return cls(int(match[2]), int(match[3]), match[1])


def _is_snapshot(text: str | None) -> bool:
    """Whether PostgreSQL would read it (parse_snapshot in its xid8funcs.c).

    Its own complaint would look like a broken database.
    """
    if text is None:
        return True
    first, last, listed = text.split(":")
    if listed and not _LISTED.fullmatch(listed):
        return False
    xmin, xmax, running = int(first), int(last), [int(xid) for xid in listed.split(",") if xid]
    is_in_order = [xmin, *running] == sorted([xmin, *running])
    is_below = max([xmin - 1, *running]) < xmax
    return all(xid & _XID_BITS for xid in (xmin, xmax)) and is_in_order and is_below


@dataclass(frozen=True, slots=True)
class Row:
    """One statement's events of one kind. `place` is where a reader stands who has read them."""

    position: Position
    kind: str
    items: Sequence[Any]


async def present() -> Position:
    """The place of a reader who has seen all that is committed now."""
    if database.is_sqlite():
        ((last_id, read_at),) = await _rows(
            "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'auth_events'), 0), "
            "CAST(strftime('%s', 'now') AS INTEGER)"
        )
        return Position(last_id, read_at)
    ((snapshot, last_id, read_at),) = await _rows(
        "SELECT pg_current_snapshot()::text, (SELECT last_value FROM auth_events_id_seq), "
        "extract(epoch FROM clock_timestamp())::bigint"
    )
    return Position(last_id, read_at, snapshot)


async def since(position: Position) -> tuple[list[Row], Position]:
    """What happened after `place`, oldest first, and the place of a reader who has read it.

    `reset` alone, where it is more than `MOST` rows.
    """
    rows, read = await (
        _since_sqlite(position) if database.is_sqlite() else _since_postgresql(position)
    )
    if len(rows) <= MOST:
        return rows, read
    newest = await present()
    return [Row(newest, RESET, [{}])], newest


def is_ours(position: Position) -> bool:
    """Whether a place can be one of this engine."""
    return (position.snapshot is None) == database.is_sqlite()


async def purge(position: Position) -> None:
    """Delete what a reader at `place` has seen.

    Not by age: what a long transaction wrote is old when it is committed, and read by nobody yet.
    On PostgreSQL also what a dump brought from another cluster, whose transactions are ahead.
    """
    if database.is_sqlite():
        await database.connection().execute_query(
            "DELETE FROM auth_events WHERE id <= ?", [position.last_id]
        )
    else:
        await database.connection().execute_query(
            "DELETE FROM auth_events WHERE xid < pg_snapshot_xmax($1::text::pg_snapshot) "
            "AND pg_visible_in_snapshot(xid, $1::text::pg_snapshot) "
            "OR xid >= pg_snapshot_xmax(pg_current_snapshot())",
            [position.snapshot],
        )


async def _since_sqlite(position: Position) -> tuple[list[Row], Position]:
    rows = await _rows(
        "SELECT e.id, e.kind, e.items, CAST(strftime('%s', 'now') AS INTEGER) "
        "FROM (SELECT 1) LEFT JOIN auth_events e ON e.id > ? ORDER BY e.id LIMIT ?",
        [position.last_id, MOST + 1],
    )
    read_at = rows[0][3]
    found = [
        Row(Position(number, read_at), kind, _decoded(items))
        for number, kind, items, _ in rows
        if number is not None
    ]
    return found, found[-1].position if found else Position(position.last_id, read_at)


# Also what is visible in the snapshot and has a later id: a reader that stopped in the middle of
# what one look found stands at that look's snapshot. At worst it is told something twice.
_POSTGRESQL_SINCE = """
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


async def _since_postgresql(position: Position) -> tuple[list[Row], Position]:
    rows = await _rows(_POSTGRESQL_SINCE, [position.snapshot, position.last_id, MOST + 1])
    snapshot, read_at = rows[0][3:]
    found = [
        Row(Position(number, read_at, snapshot), kind, _decoded(items))
        for number, kind, items, *_ in rows
        if number is not None
    ]
    last_id = max([position.last_id, *(row.position.last_id for row in found)])
    return found, Position(last_id, read_at, snapshot)


def _decoded(items: str) -> list[Any]:
    """A row's items; none where a hand wrote what JSON allows and Python does not (RFC 8259 §9)."""
    try:
        return list(json.loads(items))
    except (ValueError, TypeError, RecursionError):
        return []


async def _rows(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    rows = await database.connection().execute_query_dict(statement, values)
    return [tuple(row.values()) for row in rows]
