"""Owns the table `auth_events`: what happened, for some minutes, and where a reader of it stands.

Triggers write it, whoever's hand changed a row. It does not know who reads.

On SQLite commits are in the order of the ids, so a reader stands at an id. On PostgreSQL they are
not: a reader stands at a snapshot, and what that snapshot did not see is new to it, however early
its id. Each event is told the snapshot that first saw it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from models import database

# xmin:xmax:xip_list (PostgreSQL's pg_snapshot), then the last row's id and when it was read.
_PLACE = re.compile(r"(?:(\d{1,19}:\d{1,19}:[\d,]{0,4000})/)?(\d{1,18})@(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stands: it has seen what is before.

    `read_at` is in whole seconds since the epoch, by the database's clock.
    """

    last_id: int
    read_at: int
    snapshot: str | None = None

    def __str__(self) -> str:
        prefix = f"{self.snapshot}/" if self.snapshot else ""
        return f"{prefix}{self.last_id}@{self.read_at}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """The place that a text names; None when it names none."""
        match = _PLACE.fullmatch(text)
        if match is None or not _is_snapshot(match[1]):
            return None
        return cls(int(match[2]), int(match[3]), match[1])


def _is_snapshot(text: str | None) -> bool:
    """Whether PostgreSQL would read it; its own complaint would look like a broken database."""
    if text is None:
        return True
    xmin, xmax, listed = text.split(":")
    running = [int(xid) for xid in listed.split(",")] if re.fullmatch(r"\d+(,\d+)*", listed) else []
    if listed and not running:
        return False
    ordered = [int(xmin), *running, int(xmax)]
    return int(xmin) > 0 and ordered == sorted(ordered)


@dataclass(frozen=True, slots=True)
class Row:
    """One statement's events of one kind. `place` is where a reader stands who has read them."""

    place: Place
    kind: str
    items: Sequence[Any]


async def present() -> Place:
    """The place of a reader who has seen all that is committed now."""
    if database.is_sqlite():
        ((last_id, read_at),) = await _rows(
            "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'auth_events'), 0), "
            "CAST(strftime('%s', 'now') AS INTEGER)"
        )
        return Place(last_id, read_at)
    ((snapshot, last_id, read_at),) = await _rows(
        "SELECT pg_current_snapshot()::text, (SELECT last_value FROM auth_events_id_seq), "
        "extract(epoch FROM clock_timestamp())::bigint"
    )
    return Place(last_id, read_at, snapshot)


async def since(place: Place) -> tuple[list[Row], Place]:
    """What happened after `place`, oldest first, and the place of a reader who has read it."""
    return await (_since_sqlite(place) if database.is_sqlite() else _since_postgresql(place))


def is_ours(place: Place) -> bool:
    """Whether a place can be one of this engine."""
    return (place.snapshot is None) == database.is_sqlite()


async def purge(place: Place) -> None:
    """Delete what a reader at `place` has seen.

    Not by age: what a long transaction wrote is old when it is committed, and read by nobody yet.
    """
    if database.is_sqlite():
        await database.connection().execute_query(
            "DELETE FROM auth_events WHERE id <= ?", [place.last_id]
        )
    else:
        await database.connection().execute_query(
            "DELETE FROM auth_events WHERE xid < pg_snapshot_xmax($1::text::pg_snapshot) "
            "AND pg_visible_in_snapshot(xid, $1::text::pg_snapshot)",
            [place.snapshot],
        )


async def _since_sqlite(place: Place) -> tuple[list[Row], Place]:
    rows = await _rows(
        "SELECT e.id, e.kind, e.items, CAST(strftime('%s', 'now') AS INTEGER) "
        "FROM (SELECT 1) LEFT JOIN auth_events e ON e.id > ? ORDER BY e.id",
        [place.last_id],
    )
    read_at = rows[0][3]
    found = [
        Row(Place(number, read_at), kind, json.loads(items))
        for number, kind, items, _ in rows
        if number is not None
    ]
    return found, found[-1].place if found else Place(place.last_id, read_at)


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
    AND NOT pg_visible_in_snapshot(e.xid, $1::text::pg_snapshot)
)
ORDER BY e.id
"""


async def _since_postgresql(place: Place) -> tuple[list[Row], Place]:
    rows = await _rows(_POSTGRESQL_SINCE, [place.snapshot, place.last_id])
    snapshot, read_at = rows[0][3:]
    found = [
        Row(Place(number, read_at, snapshot), kind, json.loads(items))
        for number, kind, items, *_ in rows
        if number is not None
    ]
    return found, Place(max([place.last_id, *_ids(found)]), read_at, snapshot)


def _ids(rows: Iterable[Row]) -> Iterable[int]:
    return (row.place.last_id for row in rows)


async def _rows(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    rows = await database.connection().execute_query_dict(statement, values)
    return [tuple(row.values()) for row in rows]
