"""The locks beside a SQLite file; the system releases them when their process dies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from filelock import Timeout, UnixFileLock
from tortoise.exceptions import DBConnectionError

_OWNER_ONLY = 0o600


@asynccontextmanager
async def held_if_free(database: Path, purpose: str) -> AsyncIterator[bool]:
    """Holds the lock `NAME.PURPOSE.lock` inside the block if it is free; yields whether it was.

    Raises:
        DBConnectionError: the file cannot be opened, or its file system has no locks.
    """
    file = database.with_name(f"{database.name}.{purpose}.lock")
    # A soft lock would outlive its process.
    lock = UnixFileLock(file, mode=_OWNER_ONLY, thread_local=False, fallback_to_soft=False)
    is_mine = _acquired(lock, file)
    try:
        yield is_mine
    finally:
        if is_mine:
            lock.release()


def _acquired(lock: UnixFileLock, file: Path) -> bool:
    try:
        # The library would make a folder that was taken away.
        file.parent.stat()
        lock.acquire(blocking=False)
    except Timeout:
        return False
    except OSError as error:
        raise DBConnectionError(f"{file} cannot be opened ({error.strerror})") from error
    return True
