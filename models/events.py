"""The table `auth_events`: the changes of some minutes.

Triggers write it, for every change of a row. The module does not know the readers.
"""

from __future__ import annotations

from models import database
from models.event_position import Position, Row

# Rows of one reading. A reader who missed more loads everything again, and a reading must not fill
# the memory (on SQLite each row of a statement is one).
MOST = 10_000
RESET = "reset"


async def present() -> Position:
    """The position of a reader who has seen every committed event."""
    return await database.engine().events.present_position()


async def since(position: Position) -> tuple[list[Row], Position]:
    """The events after `position`, oldest first, and the position of a reader who has read them.

    `reset` alone, where there are more than `MOST` rows.
    """
    rows, read = await database.engine().events.events_after(position, MOST + 1)
    if len(rows) <= MOST:
        return rows, read
    newest = await present()
    return [Row(newest, RESET, [{}])], newest


def is_ours(position: Position) -> bool:
    """Whether a position has the form of the open engine."""
    return database.engine().events.is_position(position)


async def purge(position: Position) -> None:
    """Deletes the events that a reader at `position` has seen.

    Not by age, because a long transaction commits old events that nobody has read.
    """
    await database.engine().events.remove_events(position)
