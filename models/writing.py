"""Owns the question whether the database takes writes, asked without leaving anything behind.

It does not know for how long a no lasts, nor who wants to know.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from api.settings.database_url import DatabaseUrl
from models import database
from models.trouble import Trouble, trouble_of

# A writer may hold the lock for as long as a batch takes; who holds it longer is in the way.
_LOCK_SECONDS = 1.0
# A sign-in writes about twenty pages of 4 KiB. Below this the question takes a real write.
_ROOM_BYTES = 256 * 1024


class WriteProbe(Protocol):
    """One engine's way to ask."""

    async def look(self) -> Trouble | None:
        """The trouble that a write would meet; None where it would go through."""

    def close(self) -> None:
        """Let go of everything."""


def probe_of(url: DatabaseUrl) -> WriteProbe:
    """The probe for the database at `url`, which must be open in this process."""
    return _PostgresqlProbe() if url.path is None else _SqliteProbe(url.path)


class _PostgresqlProbe:
    async def look(self) -> Trouble | None:
        rows = await database.connection().execute_query_dict(
            "SELECT current_setting('transaction_read_only') = 'on' AS is_read_only"
        )
        if not rows[0]["is_read_only"]:
            return None
        # The setting is a session's own, from its beginning: only a new one sees it changed.
        await database.renew_connections()
        return Trouble("read-only", "25006", "the database is read-only (25006)")

    def close(self) -> None:
        """Nothing: the connections are the pool's."""


class _SqliteProbe:
    """Begins a transaction over a connection of its own: the worker's must not wait for a lock."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._connection: sqlite3.Connection | None = None

    async def look(self) -> Trouble | None:
        try:
            await asyncio.to_thread(self._begin)
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
            check_same_thread=False,
        )

    def _is_nearly_full(self) -> bool:
        system = os.statvfs(self._path.parent)
        blocks = system.f_bavail if os.geteuid() else system.f_bfree
        return blocks * system.f_frsize < _ROOM_BYTES

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
