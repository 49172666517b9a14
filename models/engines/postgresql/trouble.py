"""The errors that are PostgreSQL's fault, told by SQLSTATE in every language of the server."""

from __future__ import annotations

import asyncpg

from models.engines.trouble import Kind, Trouble

# Classes: connection, authorization, transaction state (a read-only one), no such
# database, rollback (deadlock), resources, state (a lock), operator, system, configuration,
# internal (corruption).
_CLASSES = frozenset({"08", "25", "28", "3D", "40", "53", "55", "57", "58", "F0", "XX"})
# A prepared statement that a pooler lost, or one of that name which it kept.
_MIXED_UP = frozenset({"26000", "42P05"})
_MISSING_TABLE = "42P01"
_MISSING_RIGHT = "42501"
_CODES = frozenset({_MISSING_RIGHT, _MISSING_TABLE}) | _MIXED_UP
_KINDS: dict[str, Kind] = {
    "25006": "read-only",
    _MISSING_RIGHT: "read-only",
    "53100": "full",
    "55P03": "locked",
}


def trouble_of(error: BaseException) -> Trouble | None:
    """The trouble that an error of the driver stands for; None for any other error."""
    if isinstance(error, asyncpg.PostgresError):
        return _of_server(error)
    if isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError):
        # A value that is none of the column's type is refused by the driver.
        is_ours = isinstance(error, ValueError)
        return None if is_ours else Trouble.of(error, type(error).__name__)
    return None


def _of_server(error: asyncpg.PostgresError) -> Trouble | None:
    code = sqlstate_of(error)
    # The driver plans such a statement anew, but not inside a transaction.
    is_stale = isinstance(error, asyncpg.InvalidCachedStatementError)
    if code[:2] in _CLASSES or code in _CODES or is_stale:
        return Trouble.of(error, code, _KINDS.get(code, "silent"))
    return None


def sqlstate_of(error: BaseException) -> str:
    """The code of an error of the server; empty where it is none of its."""
    state = getattr(error, "sqlstate", None) if isinstance(error, asyncpg.PostgresError) else None
    return str(state or "")


def is_missing_table(error: BaseException) -> bool:
    """Whether a table is not there, or not to be seen by this role."""
    return sqlstate_of(error) == _MISSING_TABLE


def is_mixed_up(error: BaseException) -> bool:
    """Whether a pooler mixes the prepared statements of its clients."""
    return sqlstate_of(error) in _MIXED_UP


def said_by_server(error: BaseException | None) -> asyncpg.PostgresError | None:
    """The server's own error, if it is the cause of `error`."""
    while error is not None:
        if isinstance(error, asyncpg.PostgresError):
            return error
        error = error.__cause__
    return None
