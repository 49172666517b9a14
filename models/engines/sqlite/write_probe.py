"""Owns the question whether a SQLite file takes writes, asked without changing anything."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

from models.engines.sqlite.trouble import trouble_of
from models.engines.trouble import Trouble

# A writer may hold the lock for as long as a batch takes; who holds it longer is in the way.
_LOCK_SECONDS = 1.0
# A sign-in writes about twenty pages of 4 KiB. Below this the question takes a real write.
_ROOM_BYTES = 256 * 1024


class SqliteWriteProbe:
    """Begins a transaction over a connection of its own: the worker's must not wait for a lock."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._connection: sqlite3.Connection | None = None
        # The only thread that touches the connection: closing waits for a question still on its way,
        # whose caller was cancelled. SQLite crashes the process where one is closed in use.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="write-probe")

    async def look(self) -> Trouble | None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._begin)
        except sqlite3.Error as error:
            return trouble_of(error)
        return None

    def _begin(self) -> None:
        connection = self._connection = self._connection or self._opened()
        connection.execute("BEGIN IMMEDIATE")
        try:
            if self._is_nearly_full():
                # Writes a page, and changes nothing.
                connection.execute("UPDATE auth_changes SET counter = counter")
                connection.execute("COMMIT")
        finally:
            connection.rollback()

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{quote(str(self._path))}?mode=rw",
            uri=True,
            timeout=_LOCK_SECONDS,
            isolation_level=None,
        )

    def _is_nearly_full(self) -> bool:
        system = os.statvfs(self._path.parent)
        blocks = system.f_bavail if os.geteuid() else system.f_bfree
        return blocks * system.f_frsize < _ROOM_BYTES

    def close(self) -> None:
        """Closes the connection, at once or after the question that is on its way."""
        self._thread.submit(self._close)
        self._thread.shutdown(wait=False)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
