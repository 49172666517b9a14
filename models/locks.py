"""Locks across processes and nodes: one process migrates, one purges.

PostgreSQL keeps them in sessions, SQLite in files beside its own; both end with the process.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from api.settings.database_url import DatabaseUrl
from models import database

_POLL_SECONDS = 0.1


@asynccontextmanager
async def exclusive(url: DatabaseUrl, purpose: str) -> AsyncIterator[None]:
    """Waits for the lock for `purpose`, and holds it inside the block."""
    while True:
        async with held_if_free(url, purpose) as is_mine:
            if is_mine:
                yield
                return
        await asyncio.sleep(_POLL_SECONDS)


def held_if_free(url: DatabaseUrl, purpose: str) -> AbstractAsyncContextManager[bool]:
    """Holds the lock for `purpose` inside the block if it is free; yields whether it was."""
    return database.engine_of(url).held_if_free(url, purpose)
