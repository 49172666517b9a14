"""PostgreSQL for Tortoise, with transactions that survive the loss of their connection.

When BEGIN fails, Tortoise forgets the connection, so that ten failures while the server restarts
would empty the pool for ever. When giving it back fails, the task keeps the dead one for ever.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    PoolConnectionWrapper,
    TransactionalDBClient,
    TransactionContextPooled,
)
from tortoise.connection import get_connections
from tortoise.exceptions import DBConnectionError

from api.settings.database_url import DatabaseUrl
from models.connection import CONNECT_SECONDS, STATEMENT_SECONDS

POOL_SIZE = 10


@contextmanager
def _unreachable_as_connection_error() -> Iterator[None]:
    """Raises `DBConnectionError` for a server that cannot be found, by name or by socket."""
    try:
        yield
    except OSError as error:
        raise DBConnectionError(str(error)) from error


class _Connection(PoolConnectionWrapper[Any]):
    async def __aenter__(self) -> Any:
        with _unreachable_as_connection_error():
            return await super().__aenter__()


class _TransactionContext(TransactionContextPooled):
    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        client: Any = self.client
        pool = client._parent._pool
        with _unreachable_as_connection_error():
            client._connection = await pool.acquire()
        try:
            await client.begin()
        except BaseException:
            await pool.release(client._connection)
            raise
        self.token = get_connections().set(self.connection_name, client)
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        # First: nothing below may leave the task with a dead connection.
        get_connections().reset(self.token)
        client: Any = self.client
        try:
            if not client._finalized:
                if exc_type is None:
                    await client.commit()
                else:
                    # Also after what Tortoise takes for a transaction that is over: a write that
                    # a read-only database refused.
                    await client.rollback()
        finally:
            if client._parent._pool:
                await client._parent._pool.release(client._connection)


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection whose prepared statements bear names that no other process gives.

    The driver numbers them. A pooler that mixes statements would run another worker's statement of
    that number, with our values; so it finds none.
    """

    __slots__ = ()

    def _get_unique_id(self, prefix: str) -> str:
        return f"everruns_auth_{prefix}_{token_hex(12)}"


async def connect(_: None = None, *, dsns: tuple[str, ...], **arguments: Any) -> Any:
    """Connects to the first host that accepts; each gets the whole `timeout`, as with libpq.

    The driver's own loop shares one timeout among all hosts, which a silent one would use up. Its
    pool passes a first argument, which is None.
    """
    *others, last = dsns
    for dsn in others:
        with suppress(
            OSError, asyncpg.CannotConnectNowError, asyncpg.TargetServerAttributeNotMatched
        ):
            return await asyncpg.connect(dsn, **arguments)
    return await asyncpg.connect(last, **arguments)


def connect_arguments(url: DatabaseUrl) -> dict[str, Any]:
    """The arguments of `connect`, for the pool and for connections beside it."""
    arguments: dict[str, Any] = {
        "dsns": url.dsns(),
        "connection_class": Connection,
        "user": url.user or os.environ.get("PGUSER") or "postgres",
        "password": url.password,
        "database": url.database,
        "timeout": url.connect_seconds or CONNECT_SECONDS,
        "command_timeout": STATEMENT_SECONDS,
        "server_settings": {
            "application_name": "everruns-auth",
            **dict(url.session),
            # Positions in lists are times as the database writes them, whatever it is set to.
            "datestyle": "ISO, YMD",
            "timezone": "UTC",
        },
    }
    if url.trusts_system_roots:
        arguments["ssl"] = ssl.create_default_context()
    if not url.has_prepared_statements:
        arguments["statement_cache_size"] = 0
    return arguments


def configuration(url: DatabaseUrl, *, is_patient: bool) -> dict[str, Any]:
    """Tortoise's configuration of the connection; if `is_patient`, statements have no timeout."""
    arguments = connect_arguments(url)
    if is_patient:
        arguments["command_timeout"] = None
    credentials = {**arguments, "minsize": 1, "maxsize": POOL_SIZE}
    return {"engine": __name__, "credentials": credentials}


class Client(AsyncpgDBClient):
    """A pool of connections of this worker.

    `dsns` name the hosts of PostgreSQL, in the form of its own URLs; Tortoise knows one host only.
    """

    def __init__(self, *, dsns: tuple[str, ...], **arguments: Any) -> None:
        super().__init__(**arguments)
        self._dsns = dsns

    async def create_pool(self, **arguments: Any) -> Any:
        """A pool that connects to the first host of `dsns` that accepts."""
        del arguments["host"], arguments["port"]
        return await asyncpg.create_pool(connect=connect, dsns=self._dsns, **arguments)

    async def create_connection(self, with_db: bool) -> None:
        """Opens the pool; an unreachable server raises `DBConnectionError`."""
        with _unreachable_as_connection_error():
            await super().create_connection(with_db)

    def acquire_connection(self) -> Any:
        """A block with one connection of the pool."""
        return _Connection(self, self._pool_init_lock)

    def _in_transaction(self) -> Any:
        return _TransactionContext(TransactionWrapper(self), self._pool_init_lock)


client_class = Client
