"""PostgreSQL for Tortoise, giving a connection back to the pool when BEGIN fails on it.

Tortoise forgets it then, so that ten failures while the server restarts would empty the pool for
ever.
"""

from __future__ import annotations

from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    TransactionalDBClient,
    TransactionContextPooled,
)
from tortoise.connection import get_connections


class _TransactionContext(TransactionContextPooled):
    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        client: Any = self.client
        pool = client._parent._pool
        client._connection = await pool.acquire()
        try:
            await client.begin()
        except BaseException:
            await pool.release(client._connection)
            raise
        self.token = get_connections().set(self.connection_name, client)
        return self.client


class Client(AsyncpgDBClient):
    """A pool of connections of this worker."""

    def _in_transaction(self) -> Any:
        return _TransactionContext(TransactionWrapper(self), self._pool_init_lock)


client_class = Client
