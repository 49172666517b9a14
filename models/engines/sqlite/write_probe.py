"""The probe of whether a SQLite file accepts writes; it changes nothing."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

from models.engines.sqlite.trouble import trouble_of
from models.engines.trouble import Trouble

# Seconds to wait for the write lock: longer than a batch of ours holds it.
_LOCK_SECONDS = 1.0
# Free bytes below which the probe writes a page: three times what a sign-in writes (80 KiB).
_ROOM_BYTES = 256 * 1024


class SqliteWriteProbe:
    """Begins a transaction over a connection of its own, so that the worker's does not wait."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._connection: sqlite3.Connection | None = None
        # The only thread that touches the connection: closing waits for a question still on its way,
        # whose caller was cancelled. SQLite crashes the process where one is closed in use.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="write-probe")

    async def look(self) -> Trouble | None:
        """Begins a transaction in a thread, and writes one page where the disk is nearly full."""
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
        """Closes the connection, if a probe has opened it."""
        self._thread.submit(self._close)
        self._thread.shutdown(wait=False)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
