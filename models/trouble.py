"""Owns what is the database's fault and not ours: told by SQLSTATE and by SQLite's result codes.

The ORM's own classes do not tell: it makes the same one of a table that may not be written and of
a misspelt statement. Nothing here knows what a caller does about it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import asyncpg
from tortoise.exceptions import BaseORMException, DBConnectionError

Kind = Literal["silent", "read-only", "full", "locked", "replaced"]

# PostgreSQL's classes: connection, authorization, transaction state (a read-only one), no such
# database, rollback (deadlock), resources, state (a lock), operator, system, configuration,
# internal (corruption).
_CLASSES = frozenset({"08", "25", "28", "3D", "40", "53", "55", "57", "58", "F0", "XX"})
# A prepared statement that a pooler lost, or one of that name which it kept.
_MIXED_UP = frozenset({"26000", "42P05"})
# Missing rights, and a missing table.
_CODES = frozenset({"42501", "42P01"}) | _MIXED_UP
_POSTGRESQL_KINDS: dict[str, Kind] = {
    "25006": "read-only",
    "42501": "read-only",
    "53100": "full",
    "55P03": "locked",
}

_SQLITE_CODES = frozenset(
    {
        *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM),
        *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR),
        *(sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN),
        *(sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_NOLFS),
        *(sqlite3.SQLITE_AUTH, sqlite3.SQLITE_NOTADB),
    }
)
_SQLITE_KINDS: dict[int, Kind] = {
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
}
_PRIMARY_CODE = 0xFF


class FileReplaced(Exception):
    """The SQLite file is not the one that was opened: it was removed, or another is in its place."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is not the file that was opened: it was removed or replaced. Put it back, "
            "or restart the server to serve what is there now"
        )


@dataclass(frozen=True, slots=True)
class Trouble:
    """`code` is the engine's own, `words` one line without values of rows."""

    kind: Kind
    code: str
    words: str


def trouble_of(error: BaseException) -> Trouble | None:
    """What is the matter with the database; None where the fault is ours, or no database's."""
    for link in _chain(error):
        if isinstance(link, FileReplaced):
            return _trouble("replaced", "replaced", link)
        if isinstance(link, asyncpg.PostgresError):
            return _of_postgresql(link)
        if isinstance(link, sqlite3.Error):
            return _of_sqlite(link)
        if isinstance(link, asyncpg.InterfaceError | asyncpg.InternalClientError):
            # A value that is none of the column's type is refused by the driver.
            is_ours = isinstance(link, ValueError)
            return None if is_ours else _trouble("silent", type(link).__name__, link)
        if isinstance(link, DBConnectionError | ConnectionError | TimeoutError):
            return _trouble("silent", type(link).__name__, link)
    return None


def is_trouble(error: BaseException) -> bool:
    """Whether the database is to blame, and not we."""
    return trouble_of(error) is not None


def is_mixed_up(error: BaseException) -> bool:
    """Whether a pooler mixes the prepared statements of its clients."""
    return sqlstate_of(error) in _MIXED_UP


def sqlstate_of(error: BaseException) -> str | None:
    """PostgreSQL's code of an error, also where the ORM has wrapped it."""
    found = (link for link in _chain(error) if isinstance(link, asyncpg.PostgresError))
    state = getattr(next(found, None), "sqlstate", None)
    return str(state) if state else None


def is_missing_table(error: BaseException) -> bool:
    """Whether the database said that a table is not there: it was never migrated."""
    if sqlstate_of(error) is not None:
        return sqlstate_of(error) == "42P01"
    return any(isinstance(e, sqlite3.Error) and _names_no_table(e) for e in _chain(error))


def said_by_postgresql(error: BaseException | None) -> asyncpg.PostgresError | None:
    """PostgreSQL's own words, where they are the cause of another error."""
    while error is not None:
        if isinstance(error, asyncpg.PostgresError):
            return error
        error = error.__cause__
    return None


def first_line(error: BaseException) -> str:
    """What a driver says, without the values that PostgreSQL adds on further lines."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and the driver's that the ORM has wrapped."""
    link: object = error
    while isinstance(link, BaseException):
        yield link
        if not isinstance(link, BaseORMException):
            return
        link = link.args[0] if link.args and isinstance(link.args[0], Exception) else None


def _of_postgresql(error: asyncpg.PostgresError) -> Trouble | None:
    code = getattr(error, "sqlstate", None) or ""
    # The driver plans such a statement anew, but not inside a transaction.
    is_stale = isinstance(error, asyncpg.InvalidCachedStatementError)
    if code[:2] in _CLASSES or code in _CODES or is_stale:
        return _trouble(_POSTGRESQL_KINDS.get(code, "silent"), code, error)
    return None


def _of_sqlite(error: sqlite3.Error) -> Trouble | None:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    if code in _SQLITE_CODES or _names_no_table(error) or "closed database" in str(error):
        return _trouble(_SQLITE_KINDS.get(code, "silent"), name, error)
    return None


def _names_no_table(error: sqlite3.Error) -> bool:
    return str(error).startswith("no such table")


def _trouble(kind: Kind, code: str, error: BaseException) -> Trouble:
    words = first_line(error)
    return Trouble(kind, code, words if code in words else f"{words} ({code})")
