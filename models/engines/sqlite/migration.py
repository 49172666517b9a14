"""Owns how a failed migration of a SQLite file is undone: the file is put back as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

# SQLite cannot roll a migration back: aerich runs scripts, and a script commits whatever transaction
# is around it. The copy stands beside the file.
_COPY_SUFFIX = ".before-migration"


@asynccontextmanager
async def put_back_on_failure(path: Path) -> AsyncIterator[None]:
    """Put the database back as it was when anything in the block fails."""
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
    """Copy a whole SQLite database, the parts still in its WAL included."""
    reader, writer = sqlite3.connect(source), sqlite3.connect(target)
    try:
        reader.backup(writer)
    finally:
        reader.close()
        writer.close()
