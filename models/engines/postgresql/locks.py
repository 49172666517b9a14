"""The advisory locks of PostgreSQL, each held by a connection of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tortoise.exceptions import DBConnectionError

from api.settings.database_url import DatabaseUrl
from models.engines.postgresql.client import connect, connect_arguments


@asynccontextmanager
async def held_if_free(url: DatabaseUrl, purpose: str) -> AsyncIterator[bool]:
    """Holds the lock for `purpose` inside the block if it is free; yields whether it was.

    Raises:
        DBConnectionError: the server does not answer.
    """
    try:
        connection = await connect(**connect_arguments(url))
    except OSError as error:
        raise DBConnectionError(str(error)) from error
    try:
        # A transaction keeps its connection behind any pooler, where a session's lock would stay
        # behind with one that is somebody else's next.
        await connection.execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0")
        yield await connection.fetchval(
            "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))",
            f"everruns-auth.{purpose}",
        )
    finally:
        await connection.close()
