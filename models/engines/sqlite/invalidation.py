"""Changes on SQLite: strict, across processes, hand-written SQL included.

Every commit changes the header of the WAL-index, which is compared at every look-up (0.1 µs); where
its layout is unknown, `PRAGMA data_version` is (15 µs). A counter that triggers raise tells whether
a commit concerns a credential.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import structlog

from models.engines.invalidation import EVERYTHING, Listener
from models.engines.sqlite.file_identity import FileIdentity
from models.engines.sqlite.trouble import FileReplaced
from models.engines.sqlite.wal_index import LAYOUT, WalIndex

# Seconds between two checks whether the file was replaced: below the second of the contract.
FILE_SECONDS = 0.5

log = structlog.get_logger("everruns_auth.changes")


class SqliteInvalidation:
    """Reads the file over a connection of its own, which never writes.

    It is read-only and in autocommit, and every result is read to its end: an unfinished SELECT
    would go on showing the state that it began with. It never waits: any error means that the
    database must be asked.
    """

    def __init__(self, path: Path, listener: Listener, *, layout: int = LAYOUT) -> None:
        """Begin with nothing open; `layout` is that of the WAL-indexes that can be read."""
        self._path = path.absolute()
        self._listener = listener
        self._reader: sqlite3.Connection | None = None
        self._layout = layout
        self._index: WalIndex | None = None
        self._outlived: list[WalIndex] = []
        # Tells the state of the file, which every commit moves; there while the reader is.
        self._state: Callable[[], object] | None = None
        self._seen: object = None
        self._counter = -1
        self._has_said_lost = self._has_said_replaced = False
        self._file = FileIdentity.of(self._path)
        self._task: asyncio.Task[None] | None = None

    def is_current(self) -> bool:
        """Checks whether anything was committed, and passes it on if it concerns a credential."""
        try:
            if self._state is None or self._state() != self._seen:
                self._look()
        except (sqlite3.Error, OSError, ValueError, FileReplaced) as trouble:
            self._give_up(trouble)
            return False
        return True

    async def start(self) -> None:
        """Reads the file once, and starts to watch whether it is replaced."""
        self.is_current()
        self._task = asyncio.create_task(self._watch_file())

    async def settle(self) -> None:
        """Nothing to wait for, because `is_current` reads the file."""

    async def stop(self) -> None:
        """Closes everything; the process must have closed its other connections before."""
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
        """Distrusts the index of a replaced file; checking at every look-up would cost too much."""
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
        state = self._state() if self._state is not None else None
        ((counter,),) = reader.execute("SELECT counter FROM auth_changes").fetchall()
        if counter != self._counter:
            self._listener.forget(EVERYTHING)
        self._seen, self._counter = state, counter
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
            if self._index.layout != self._layout:
                log.warning("the layout of the WAL-index is not known; checks take longer")
        is_known = self._index.layout == self._layout
        self._state = self._index.header if is_known else self._data_version
        return self._reader

    def _data_version(self) -> int:
        """A number that a commit of any other connection moves (sqlite.org/pragma.html)."""
        assert self._reader is not None
        ((version,),) = self._reader.execute("PRAGMA data_version").fetchall()
        return int(version)

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
        self._state = None
        if self._reader is not None:
            self._reader.close()
            self._reader = None
