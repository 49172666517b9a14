"""SQLite as an `Engine`."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Literal

from api.settings.database_url import DatabaseUrl
from models.engines.events import Events
from models.engines.invalidation import Listener
from models.engines.sqlite import client, events, locks, statements
from models.engines.sqlite.dialect import SqliteDialect
from models.engines.sqlite.file_place import objection_to_place, objection_to_writing
from models.engines.sqlite.invalidation import SqliteInvalidation
from models.engines.sqlite.migration import put_back_on_failure
from models.engines.sqlite.write_probe import SqliteWriteProbe
from models.engines.statements import Statements


class Sqlite:
    """SQLite: a file, and the files beside it."""

    name: Literal["sqlite"] = "sqlite"
    opening_advice = "check that it is a SQLite database"
    dialect = SqliteDialect()
    statements: Statements = statements
    events: Events = events

    def configuration(self, url: DatabaseUrl, *, is_patient: bool) -> dict[str, Any]:
        """The configuration of one connection to the file; statements never have a timeout."""
        del is_patient  # no statement has a bound
        return client.configuration(_path(url))

    def exists(self, url: DatabaseUrl) -> bool:
        """Whether the file exists."""
        return _path(url).exists()

    def objection_to_place(self, url: DatabaseUrl) -> str | None:
        """The reason why the path can hold no database file; None if it can."""
        return objection_to_place(_path(url))

    def objection_to_opening(self, url: DatabaseUrl) -> str | None:
        """The reason why the file cannot be written; creates a missing one with mode 0600."""
        path = _path(url)
        if objection := objection_to_place(path) or objection_to_writing(path):
            return objection
        try:
            # Created for its owner alone, because it holds hashes of passwords.
            path.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            return None
        except OSError as error:
            return f"{path} cannot be made ({error.strerror}); name another file"
        return None

    def invalidation(self, url: DatabaseUrl, listener: Listener) -> SqliteInvalidation:
        """The index of the WAL, which every commit changes."""
        return SqliteInvalidation(_path(url), listener)

    def held_if_free(self, url: DatabaseUrl, purpose: str) -> AbstractAsyncContextManager[bool]:
        """A lock on a file beside the database."""
        return locks.held_if_free(_path(url), purpose)

    def write_probe(self, url: DatabaseUrl) -> SqliteWriteProbe:
        """A transaction over a connection of its own."""
        return SqliteWriteProbe(_path(url))

    def migrating(self, url: DatabaseUrl) -> AbstractAsyncContextManager[None]:
        """A copy of the file, which is put back on failure."""
        return put_back_on_failure(_path(url))

    async def missing_rights(self, url: DatabaseUrl) -> None:
        """None, because a file has no roles."""


def _path(url: DatabaseUrl) -> Path:
    assert url.path is not None
    return url.path


SQLITE = Sqlite()
