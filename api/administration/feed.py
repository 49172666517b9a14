"""The feed of events for dashboards: one reader for each worker, however many listen.

The module does not know who may listen, nor how an event is encoded.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from api.authentication import flush_schedule
from api.trouble_log import TroubleLog
from models import events
from models.event_position import Position, Row
from models.events import RESET

# Age of a position up to which a listener can resume; older events are deleted.
KEPT = timedelta(minutes=10)
_SKEW = timedelta(minutes=1)
# Batches that a listener may be behind: one a second, so about half a minute. Its connection is
# then closed, and it resumes at its position.
MAX_BEHIND = 32

LISTENING = "listening"

log = structlog.get_logger("everruns_auth.feed")


@dataclass(frozen=True, slots=True)
class Event:
    """An event. `position` is where a listener resumes after it."""

    position: str
    kind: str
    item: Any


class ListenerEnded(Exception):
    """The listener gets no more events: the server stops, or the listener fell too far behind."""


class Listener:
    """The events of one connected dashboard."""

    def __init__(self) -> None:
        self._batches: asyncio.Queue[list[Row] | None] = asyncio.Queue(MAX_BEHIND)
        self._caught_up: frozenset[int] = frozenset()
        self.position: Position | None = None
        self.is_ended = False

    async def next(self, seconds: float) -> list[Event]:
        """The events since the last call; an empty list after `seconds` without any.

        Raises:
            ListenerEnded: no more events will come.
        """
        try:
            async with asyncio.timeout(seconds):
                rows = await self._batches.get()
        except TimeoutError:
            return []
        if rows is None:
            raise ListenerEnded
        return self._told([row for row in rows if row.position.last_id not in self._caught_up])

    def catch_up(self, after: Position, rows: list[Row], present: Position) -> list[Event]:
        """The events that a resuming listener has missed; later batches do not repeat them."""
        self._caught_up = frozenset(row.position.last_id for row in rows)
        self.position = after
        told = self._told(rows)
        self.position = present
        return told

    def take(self, rows: list[Row], read: Position) -> None:
        """Queues a batch and its position; ends a listener that is MAX_BEHIND batches behind."""
        if rows and self._batches.full():
            self.end()
        elif rows:
            self._batches.put_nowait(rows)
        elif self._batches.empty():
            # So that after a quiet hour the position is not too old to resume from.
            self.position = read

    def end(self) -> None:
        """Drops the queued events and ends the listener."""
        self.is_ended = True
        while not self._batches.empty():
            self._batches.get_nowait()
        self._batches.put_nowait(None)

    def _told(self, rows: list[Row]) -> list[Event]:
        told = [event for row in rows for event in self._events(row)]
        if rows:
            self.position = rows[-1].position
        return told

    def _events(self, row: Row) -> list[Event]:
        """The row's events; all but the last have the position before the row."""
        *first, last = row.items or [{}]
        before = str(self.position)
        self.position = row.position
        return [
            *(Event(before, row.kind, item) for item in first),
            Event(str(row.position), row.kind, last),
        ]


class Feed:
    """Reads the events while anybody listens, and distributes them."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._position: Position | None = None
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._is_closed = False

    @asynccontextmanager
    async def listening(self, after: str | None) -> AsyncIterator[tuple[Listener, list[Event]]]:
        """Yields a listener, and the events between `after` and now.

        `after` is the position of an earlier event. Where the events after it are gone, the first
        event is `reset`: the dashboard loads everything again.

        Raises:
            what `trouble_of` knows: the database does not answer.
        """
        listener = Listener()
        async with self._turn:
            if self._position is None:
                self._position = await events.present()
        listener.position = self._position
        self._listeners.add(listener)
        self._read_on()
        try:
            yield listener, await _missed(listener, after)
        finally:
            self._listeners.discard(listener)

    def _read_on(self) -> None:
        if self._is_closed:
            for listener in self._listeners:
                listener.end()
        elif self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Ends every listener, now and from now on."""
        self._is_closed = True
        for listener in self._listeners:
            listener.end()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        troubles = TroubleLog(log, "listeners hear nothing for now")
        while self._listeners:
            await asyncio.sleep(
                flush_schedule.until_next_flush(after=flush_schedule.READING_SECONDS)
            )
            try:
                await self._read()
            except Exception as error:  # noqa: BLE001
                # Bugs too, because after the end of this task no listener would get events.
                troubles.report(error)
            else:
                troubles.end()
        self._position = None

    async def _read(self) -> None:
        assert self._position is not None
        rows, position = await events.since(self._position)
        if _is_lost(self._position, position):
            rows = [Row(position, RESET, [{}])]
        self._position = position
        for listener in self._listeners:
            listener.take(rows, position)
        self._listeners = {one for one in self._listeners if not one.is_ended}


async def _missed(listener: Listener, after: str | None) -> list[Event]:
    if after is None:
        return [Event(str(listener.position), LISTENING, {})]
    position = Position.parse(after)
    if position is None or not events.is_ours(position):
        return [Event(str(listener.position), RESET, {})]
    newest = await events.present()
    if _is_lost(position, newest):
        return [Event(str(listener.position), RESET, {})]
    rows, present = await events.since(position)
    return [*listener.catch_up(position, rows, present), Event(str(present), LISTENING, {})]


def _is_lost(position: Position, present: Position) -> bool:
    """Whether events after `position` may be gone: it is too old, or of another database."""
    age = timedelta(seconds=present.read_at - position.read_at)
    # After a failover the clock may be a little behind.
    return not -_SKEW <= age <= KEPT or position.is_after(present)
