"""Counts in a SQLite file that the workers of one node share; it goes with the server.

SQLite makes each question atomic between processes, and rolls back that of a killed worker. Nothing
is synced to the disk: after a crash of the machine the counts begin anew.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from models.counts import IN_FLIGHT_SECONDS, LIFTED_SECONDS, Count, Entry

T = TypeVar("T")

# Seconds that a question waits for another worker's; the caller's timeout is as long.
_BUSY_SECONDS = 1
# Stale rows that one question deletes from each table, so that no question takes long.
_SWEPT = 100

_OPENING = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS tries (
    key TEXT NOT NULL, attempt TEXT NOT NULL, until REAL NOT NULL, is_in_flight INTEGER NOT NULL,
    PRIMARY KEY (key, attempt)
);
CREATE INDEX IF NOT EXISTS tries_until ON tries (until);
CREATE TABLE IF NOT EXISTS lifted (mark TEXT PRIMARY KEY, until REAL NOT NULL);
"""
_SWEEP = "DELETE FROM {0} WHERE rowid IN (SELECT rowid FROM {0} WHERE until <= ? LIMIT ?)"
# The failure after whose end the count has room.
_MAKES_ROOM = """
SELECT until FROM tries WHERE key = ? AND until > ? AND NOT is_in_flight
ORDER BY until DESC LIMIT 1 OFFSET ?
"""
_HELD = "SELECT count(*) FROM tries WHERE key = ? AND until > ?"
_TAKE = "INSERT INTO tries VALUES (?, ?, ?, ?)"
_GIVE_BACK = "DELETE FROM tries WHERE key = ? AND attempt = ?"
_FORGET = "DELETE FROM tries WHERE key = ? AND NOT is_in_flight"
_MARK = "INSERT OR IGNORE INTO lifted VALUES (?, ?)"


class LocalCounts:
    """A store in `file`, or in the memory of this process without one.

    Its clock is monotonic for the machine, so nobody can set it.
    """

    troubles: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(
        self, file: Path | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._file = file
        self._clock = clock
        self._opened: sqlite3.Connection | None = None
        # A thread, because a question may wait for another worker's.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="counts")

    async def enter(self, attempt: str, counts: Sequence[Count]) -> Entry:
        """Counts an attempt as in flight, after deleting some stale rows; see `Counts.enter`."""
        return await self._ask(_enter, attempt, counts, self._clock())

    async def leave(self, attempt: str, counts: Sequence[Count], *, has_failed: bool) -> None:
        """Ends the flight of an attempt; see `Counts.leave`."""
        await self._ask(_leave, attempt, counts, has_failed, self._clock())

    async def lift(self, mark: str, count: Count) -> bool:
        """Forgets the failures of a count once for each mark; see `Counts.lift`."""
        return await self._ask(_lift, mark, count, self._clock())

    async def is_reachable(self) -> bool:
        """Whether the file can be opened; the first call creates it."""
        try:
            await self._ask(lambda _: None)
        except sqlite3.Error:
            return False
        return True

    async def close(self) -> None:
        """Closes the file in its own thread; the server deletes it."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    async def _ask(self, question: Callable[..., T], *values: object) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._answer, question, values)

    def _answer(self, question: Callable[..., T], values: Sequence[object]) -> T:
        connection = self._connection()
        # A write lock from the beginning: rows that a question read are unchanged when it writes.
        connection.execute("BEGIN IMMEDIATE")
        try:
            answer = question(connection, *values)
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
        return answer

    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            where = ":memory:" if self._file is None else self._file
            connection = sqlite3.connect(where, timeout=_BUSY_SECONDS, isolation_level=None)
            try:
                connection.executescript(_OPENING)
            except sqlite3.Error:
                connection.close()
                raise
            self._opened = connection
        return self._opened

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.close()


def _enter(
    connection: sqlite3.Connection, attempt: str, counts: Sequence[Count], now: float
) -> Entry:
    for table in ("tries", "lifted"):
        connection.execute(_SWEEP.format(table), (now, _SWEPT))
    full = {}
    has_room = True
    for count in counts:
        amount = count.limit.amount
        until = _one(connection, _MAKES_ROOM, (count.key, now, amount - 1))
        if until is not None:
            full[count] = until - now
        held = _one(connection, _HELD, (count.key, now)) or 0
        has_room = has_room and held < amount
    if not has_room:
        return Entry(is_let_in=False, full=full)
    until = now + IN_FLIGHT_SECONDS
    connection.executemany(_TAKE, [(count.key, attempt, until, True) for count in counts])
    return Entry(is_let_in=True)


def _leave(
    connection: sqlite3.Connection,
    attempt: str,
    counts: Sequence[Count],
    has_failed: bool,
    now: float,
) -> None:
    connection.executemany(_GIVE_BACK, [(count.key, attempt) for count in counts])
    if has_failed:
        rows = [(c.key, attempt, now + c.limit.window.total_seconds(), False) for c in counts]
        connection.executemany(_TAKE, rows)


def _lift(connection: sqlite3.Connection, mark: str, count: Count, now: float) -> bool:
    marked = connection.execute(_MARK, (mark, now + LIFTED_SECONDS))
    if marked.rowcount != 1:
        return False
    connection.execute(_FORGET, (count.key,))
    return True


def _one(connection: sqlite3.Connection, statement: str, values: Sequence[object]) -> float | None:
    row = connection.execute(statement, values).fetchone()
    return row[0] if row else None
