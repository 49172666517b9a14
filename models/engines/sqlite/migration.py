"""Puts a SQLite file back after a failed migration."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

# Suffix of the copy beside the file. SQLite cannot roll a migration back: aerich runs scripts, and
# a script commits the transaction around it.
_COPY_SUFFIX = ".before-migration"


@asynccontextmanager
async def put_back_on_failure(path: Path) -> AsyncIterator[None]:
    """Puts the database back as it was when anything in the block fails."""
    copy = _copy_of(path)
    try:
        yield
    except BaseException:
        _copy(copy, path)
        raise
    finally:
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                copy.with_name(copy.name + suffix).unlink()


def _copy_of(path: Path) -> Path:
    copy = path.with_name(path.name + _COPY_SUFFIX)
    copy.unlink(missing_ok=True)
    copy.touch(mode=0o600)
    _copy(path, copy)
    return copy


def _copy(source: Path, target: Path) -> None:
    """Copies a whole SQLite database, including the parts in its WAL."""
    reader, writer = sqlite3.connect(source), sqlite3.connect(target)
    try:
        reader.backup(writer)
    finally:
        reader.close()
        writer.close()
