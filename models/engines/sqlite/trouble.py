"""The errors that are SQLite's fault, told by its result codes (sqlite.org/rescode.html)."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from models.engines.trouble import Kind, Trouble

_CODES = frozenset(
    {
        *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM),
        *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR),
        *(sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN),
        *(sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_NOLFS),
        *(sqlite3.SQLITE_AUTH, sqlite3.SQLITE_NOTADB),
    }
)
_KINDS: dict[int, Kind] = {
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
}
_PRIMARY_CODE = 0xFF


class FileReplaced(Exception):
    """The SQLite file is not the opened one: it was removed, or another took its place."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is not the file that was opened: it was removed or replaced. Put it back, "
            "or restart the server to serve what is there now"
        )


def trouble_of(error: BaseException) -> Trouble | None:
    """The trouble that an error of the driver stands for; None for any other error."""
    if isinstance(error, FileReplaced):
        return Trouble.of(error, "replaced", "replaced")
    if not isinstance(error, sqlite3.Error):
        return None
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    if code in _CODES or is_missing_table(error) or "closed database" in str(error):
        return Trouble.of(error, name, _KINDS.get(code, "silent"))
    return None


def is_missing_table(error: BaseException) -> bool:
    """Whether a table is not there, which has no code of its own."""
    return isinstance(error, sqlite3.Error) and str(error).startswith("no such table")
