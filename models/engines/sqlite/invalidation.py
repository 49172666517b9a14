"""The ear on SQLite: strict, across processes, hand-written SQL included.

Every commit moves the header of the WAL-index, which is compared at every look-up, in less than a
microsecond. Whether the commit concerns us is told by a counter that triggers bump.
"""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from urllib.parse import quote

import structlog

from models.engines.invalidation import EVERYTHING, Listener
from models.engines.sqlite.file_identity import FileIdentity
from models.engines.sqlite.wal_index import WalIndex
from models.trouble import FileReplaced

# Under the second of the contract.
FILE_SECONDS = 0.5
# No header is that.
_NOTHING = b""

log = structlog.get_logger("everruns_auth.changes")


class SqliteInvalidation:
    """Reads the file over a connection of its own, which never writes.

    It is read-only and in autocommit, and every result is read to its end: an unfinished SELECT
    would go on showing the state that it began with. It never waits: any error means that the
    database must be asked.
    """

    def __init__(self, path: Path, listener: Listener) -> None:
        self._path = path.absolute()
        self._listener = listener
        self._reader: sqlite3.Connection | None = None
        self._index: WalIndex | None = None
        self._outlived: list[WalIndex] = []
        self._header = _NOTHING
        self._counter = -1
        self._has_said_lost = self._has_said_replaced = False
        self._file = FileIdentity.of(self._path)
        self._task: asyncio.Task[None] | None = None

    def is_current(self) -> bool:
        """Look whether anything was committed, and pass it on if it concerns us."""
        index = self._index
        if self._reader is not None and index is not None and index.header() == self._header:
            return True
        try:
            self._look()
        except (sqlite3.Error, OSError, ValueError, FileReplaced) as trouble:
            self._give_up(trouble)
            return False
        return True

    async def start(self) -> None:
        self.is_current()
        self._task = asyncio.create_task(self._watch_file())

    async def settle(self) -> None:
        """Nothing to wait for: every look-up looks."""

    async def stop(self) -> None:
        """Let go of everything; the process must have closed its other connections."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._close()
        for index in (*self._outlived, self._index):
            if index is not None:
                index.close()
        self._index = None
        self._outlived.clear()

    async def _watch_file(self) -> None:
        """Stop trusting the index of a file that is not there any more; a look costs too much."""
        while True:
            await asyncio.sleep(FILE_SECONDS)
            try:
                self._check_file()
            except FileReplaced as replaced:
                self._give_up(replaced)

    def _check_file(self) -> None:
        if self._file is not None:
            self._file.check()

    def _look(self) -> None:
        reader = self._reader or self._open()
        # Before the look: a commit in between makes the next one look again.
        header = self._index.header() if self._index is not None else _NOTHING
        ((counter,),) = reader.execute("SELECT counter FROM auth_changes").fetchall()
        if counter != self._counter:
            self._listener.forget(EVERYTHING)
        self._header, self._counter = header, counter
        self._has_said_lost = self._has_said_replaced = False

    def _open(self) -> sqlite3.Connection:
        self._check_file()
        self._listener.forget(EVERYTHING)
        self._counter = -1
        self._reader = sqlite3.connect(
            f"file:{quote(str(self._path))}?mode=ro", uri=True, timeout=0, isolation_level=None
        )
        # The first read maps the WAL-index, and makes the file where it is missing.
        ((mode,),) = self._reader.execute("PRAGMA journal_mode").fetchall()
        self._reader.execute("SELECT counter FROM auth_changes").fetchall()
        if mode != "wal":
            raise ValueError(f"the journal mode is {mode}, not wal")
        if self._index is None or not self._index.is_current():
            self._outlived += [self._index] if self._index is not None else []
            self._index = WalIndex(self._path)
        return self._reader

    def _give_up(self, trouble: Exception) -> None:
        is_file = isinstance(trouble, FileReplaced)
        if is_file and not self._has_said_replaced:
            log.critical("the database file was removed or replaced", trouble=str(trouble))
        elif not is_file and not self._has_said_lost:
            log.warning("the database is asked on every request", trouble=str(trouble))
        self._has_said_lost, self._has_said_replaced = True, is_file
        self._listener.forget(EVERYTHING)
        self._close()

    def _close(self) -> None:
        self._header = _NOTHING
        if self._reader is not None:
            self._reader.close()
            self._reader = None
