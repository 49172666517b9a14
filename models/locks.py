"""Owns the locks that hold across processes and nodes: one migrates, one purges.

PostgreSQL keeps them in its sessions, SQLite beside its file; both let go when a process dies.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tortoise.exceptions import DBConnectionError

from api.settings.database_url import DatabaseUrl
from models import database
from models.engines.postgresql.client import connect

_POLL_SECONDS = 0.1


@asynccontextmanager
async def exclusive(url: DatabaseUrl, purpose: str) -> AsyncIterator[None]:
    """Wait until nobody else holds the lock for `purpose`, and hold it inside the block."""
    while True:
        async with held_if_free(url, purpose) as is_mine:
            if is_mine:
                yield
                return
        await asyncio.sleep(_POLL_SECONDS)


@asynccontextmanager
async def held_if_free(url: DatabaseUrl, purpose: str) -> AsyncIterator[bool]:
    """Hold the lock for `purpose` inside the block if it is free; yields whether it was."""
    holder = _held_file(url.path, purpose) if url.path else _held_session(url, purpose)
    async with holder as is_mine:
        yield is_mine


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DBConnectionError(f"{path} cannot be opened ({error.strerror})") from error


@asynccontextmanager
async def _held_file(path: Path, purpose: str) -> AsyncIterator[bool]:
    handle = _opened(path.with_name(f"{path.name}.{purpose}.lock"))
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


@asynccontextmanager
async def _held_session(url: DatabaseUrl, purpose: str) -> AsyncIterator[bool]:
    try:
        connection = await connect(**database.asyncpg_arguments(url))
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
