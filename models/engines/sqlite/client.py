"""SQLite for Tortoise, with transactions that take the write lock when they begin.

Tortoise begins them deferred. One that reads and then writes fails at once, whatever the busy
timeout, when another process wrote in between (SQLITE_BUSY_SNAPSHOT). And when opening the file or
BEGIN fails, Tortoise keeps its lock for ever, or a connection that has only half its PRAGMAs.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from tortoise.backends.base.client import ConnectionWrapper, TransactionalDBClient
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError

from models.engines.sqlite.file_identity import FileIdentity
from models.engines.sqlite.folding import folded

# Time that a writer waits for another process's write.
BUSY_MILLISECONDS = 5_000


def configuration(path: Path) -> dict[str, Any]:
    """Tortoise's configuration of the connection."""
    return {
        "engine": __name__,
        "credentials": {
            "file_path": str(path),
            # First, so that even switching to WAL waits for another process that does the same.
            "busy_timeout": BUSY_MILLISECONDS,
            "journal_mode": "WAL",
            # 16 MB, so that the upper pages of large indexes stay; a negative number is in KiB.
            "cache_size": -16_000,
            # A revoked credential must not come back after a power cut.
            "synchronous": "FULL",
            "foreign_keys": "ON",
        },
    }


class _Counting:
    """Counts the rows that a statement itself changed.

    Tortoise counts what the connection changed, the rows that triggers write included.
    """

    @translate_exceptions
    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[Any]]:
        connection: Any
        async with self.acquire_connection() as connection:  # type: ignore[attr-defined]
            result: tuple[int, Sequence[Any]] = await connection._execute(
                _executed, connection._conn, query, values or []
            )
            return result


def _executed(
    connection: sqlite3.Connection, query: str, values: list[Any]
) -> tuple[int, Sequence[Any]]:
    """In the connection's thread: rows changed, or read where nothing was; and the rows."""
    cursor = connection.execute(query, values)
    rows = cursor.fetchall()
    return (cursor.rowcount if cursor.rowcount >= 0 else len(rows)), rows


class _Transaction(_Counting, SqliteTransactionWrapper):
    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise OperationalError(error) from error

    async def commit(self) -> None:
        try:
            await super().commit()
        except sqlite3.Error:
            # It is still open, and would be committed with the next one although it was refused.
            await self._connection.rollback()
            raise
        cast(Client, self._parent).check_file()


class _TransactionContext(SqliteTransactionContext):
    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self._begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        client: TransactionalDBClient = self.connection
        return client

    async def _begin(self) -> None:
        try:
            await self.connection.begin()
        except asyncio.CancelledError:
            # Queued behind the BEGIN, which may still succeed when nobody waits for it any more.
            await asyncio.shield(self.connection._connection.rollback())
            raise


class _Connection(ConnectionWrapper[Any]):
    async def __aenter__(self) -> Any:
        await self._lock.acquire()
        try:
            await self.ensure_connection()
        except BaseException:
            self._lock.release()
            raise
        return self.connection

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        await super().__aexit__(exc_type, exc_val, exc_tb)
        if exc_type is None:
            self.client.check_file()  # type: ignore[attr-defined]


def _folded(text: object) -> object:
    """A text without case, in SQL; SQLite's own `lower` knows only ASCII."""
    return folded(text) if isinstance(text, str) else text


def _decoded(raw: bytes) -> str:
    return raw.decode(errors="replace")


class Client(_Counting, SqliteClient):
    """One connection of this worker, used by one statement or one transaction at a time."""

    # Of the file that was opened first, by this process or by the one that started it.
    file: FileIdentity | None = None

    def check_file(self) -> None:
        """Raises `FileReplaced` where nobody else would see what is written or read."""
        if self.file is not None:
            self.file.check()

    async def create_connection(self, with_db: bool) -> None:
        """Opens the file if it is the one that was opened first, and registers our functions.

        Raises:
            FileReplaced: it is another file.
        """
        try:
            # Before, or SQLite would make a new file where there is none any more.
            self.check_file()
            # Where opening fails, the library's thread would still tell a loop that is gone.
            await asyncio.to_thread(lambda: sqlite3.connect(self.filename).close())
            await super().create_connection(with_db)
            self.file = self.file or FileIdentity.of(Path(self.filename))
            if self._connection is not None:
                # Else one text that is no UTF-8, written by hand, would raise in the middle of a
                # SELECT, leave it open, and so hold this connection on an old state of the file.
                self._connection.text_factory = _decoded
                await self._connection.create_function(
                    "everruns_folded", 1, _folded, deterministic=True
                )
        except BaseException:
            await self.close()
            raise

    def acquire_connection(self) -> Any:
        """A block with the one connection, which no other task uses meanwhile."""
        return _Connection(self._lock, self)

    def _in_transaction(self) -> Any:
        return _TransactionContext(_Transaction(self), self._lock)


client_class = Client
