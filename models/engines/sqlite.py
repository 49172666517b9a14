"""SQLite for Tortoise, with transactions that take the write lock when they begin.

Tortoise begins them deferred. One that reads and then writes fails at once, whatever the busy
timeout, when another process wrote in between (SQLITE_BUSY_SNAPSHOT). And when BEGIN itself fails,
Tortoise keeps its lock for ever.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError


class _Transaction(SqliteTransactionWrapper):
    async def begin(self) -> None:
        try:
            await self._connection.commit()
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise OperationalError(error) from error


class _TransactionContext(SqliteTransactionContext):
    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        client: TransactionalDBClient = self.connection
        return client


class Client(SqliteClient):
    """One connection of this worker, used by one statement or one transaction at a time."""

    def _in_transaction(self) -> Any:
        return _TransactionContext(_Transaction(self), self._lock)


client_class = Client
