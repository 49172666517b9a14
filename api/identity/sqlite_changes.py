"""The ear on SQLite: strict, across processes, hand-written SQL included.

`PRAGMA data_version` moves when another connection commits; it costs microseconds and is asked at
every look-up. Whether the commit concerns us is told by a counter that triggers bump.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

import structlog

from api.identity.changes import EVERYTHING, Listener

log = structlog.get_logger("everruns_auth.changes")


class SqliteChanges:
    """Reads the file over a connection of its own, which never writes.

    A write or an unfinished SELECT on that connection would hide what others commit, so it is
    read-only, in autocommit, and every result is read to its end. It never waits: any error means
    that the database must be asked.
    """

    def __init__(self, path: Path, listener: Listener) -> None:
        self._uri = f"file:{quote(str(path.absolute()))}?mode=ro"
        self._listener = listener
        self._reader: sqlite3.Connection | None = None
        self._version = self._counter = -1
        self._has_said_lost = False

    def is_heard(self) -> bool:
        """Look whether anything was committed, and pass it on if it concerns us."""
        try:
            reader = self._reader or self._open()
            ((version,),) = reader.execute("PRAGMA data_version").fetchall()
            if version != self._version:
                ((counter,),) = reader.execute("SELECT counter FROM auth_changes").fetchall()
                if counter != self._counter:
                    self._listener.forget(EVERYTHING)
                # After the look: a commit in between moves the version once more.
                self._version, self._counter = version, counter
                self._has_said_lost = False
        except (sqlite3.Error, ValueError) as trouble:
            self._give_up(trouble)
            return False
        return True

    async def start(self) -> None:
        self.is_heard()

    async def settle(self) -> None:
        """Nothing to wait for: every look-up looks."""

    async def stop(self) -> None:
        self._close()

    def _open(self) -> sqlite3.Connection:
        self._listener.forget(EVERYTHING)
        self._version = self._counter = -1
        self._reader = sqlite3.connect(self._uri, uri=True, timeout=0, isolation_level=None)
        return self._reader

    def _give_up(self, trouble: Exception) -> None:
        if not self._has_said_lost:
            self._has_said_lost = True
            log.warning("the database is asked on every request", trouble=str(trouble))
        self._listener.forget(EVERYTHING)
        self._close()

    def _close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None
