"""SQLite as an `Engine`."""

from __future__ import annotations

from typing import Literal

from models.engines.sqlite.dialect import SqliteDialect


class Sqlite:
    """A file, and the files beside it."""

    name: Literal["sqlite"] = "sqlite"
    dialect = SqliteDialect()


SQLITE = Sqlite()
