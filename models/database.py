"""The connection to the database: opening, closing, its clock, its errors.

The module knows no table.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast

from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError

from api.settings.database_url import DatabaseUrl
from models.connection import CONNECT_SECONDS, STATEMENT_SECONDS, connection, transaction
from models.engines.engine import Engine
from models.engines.postgresql.engine import POSTGRESQL
from models.engines.postgresql.trouble import said_by_server
from models.engines.sqlite.engine import SQLITE
from models.engines.sqlite.file_identity import FileIdentity
from models.trouble import is_trouble

__all__ = [
    "APP",
    "MODELS",
    "DatabaseUnreachable",
    "Duplicate",
    "check_place",
    "clock",
    "close_database",
    "connection",
    "engine",
    "engine_of",
    "file_of",
    "open_database",
    "opened",
    "ping",
    "require_existing",
    "tortoise_config",
    "transaction",
]

APP = "models"
MODELS = (
    "models.user",
    "models.api_key",
    "models.refresh_token",
    "models.oauth_identity",
    "models.used_state",
    "models.known_network",
    "models.unblock",
    "models.audit_event",
)

Duplicate = IntegrityError


class DatabaseUnreachable(Exception):
    """The database cannot be opened; the message is one line without secrets."""


def tortoise_config(url: DatabaseUrl, *, is_patient: bool = False) -> dict[str, Any]:
    """Tortoise's configuration for `url`, with aerich's table beside ours.

    With `is_patient` a statement has no timeout, as migrations of large tables need.
    """
    # Named after the engine: Tortoise remembers SQL by the connection's name, and a process that
    # opens both engines one after the other (the tests) must not be given the other's.
    name = url.engine
    return {
        "connections": {name: engine_of(url).configuration(url, is_patient=is_patient)},
        "apps": {APP: {"models": [*MODELS, "aerich.models"], "default_connection": name}},
        "use_tz": True,
        "timezone": "UTC",
    }


async def open_database(
    url: DatabaseUrl,
    *,
    is_checked: bool = True,
    is_patient: bool = False,
    file: FileIdentity | None = None,
) -> TortoiseContext:
    """Opens the database for every task of this process.

    Unchecked, it succeeds even while the database is unreachable; each query then fails by itself.
    `file` is the file that another process opened, if it must be the same.

    Raises:
        DatabaseUnreachable: the database does not answer, or the file cannot be written.
    """
    if is_checked:
        _check(engine_of(url).objection_to_opening(url))
    context = TortoiseContext()
    with context:
        # The fallback is what other tasks see: a request is never a child of the task that opens.
        await context.init(
            config=tortoise_config(url, is_patient=is_patient), _enable_global_fallback=True
        )
        if file is not None:
            cast(Any, context.db()).file = file
    if not is_checked:
        return context
    try:
        await ping((url.connect_seconds or CONNECT_SECONDS) * len(url.hosts) + STATEMENT_SECONDS)
    except Exception as trouble:
        await close_database(context)
        # Whatever PostgreSQL says here is about the URL: the statement asks for nothing.
        is_refused = isinstance(trouble, OSError | ValueError) or said_by_server(trouble)
        if not (is_refused or is_trouble(trouble)):
            raise
        raise DatabaseUnreachable(_explain(url, trouble)) from trouble
    return context


def file_of(url: DatabaseUrl) -> FileIdentity | None:
    """The file that `url` leads to now; None where there is none, and on PostgreSQL."""
    return FileIdentity.of(url.path) if url.path is not None else None


async def close_database(context: TortoiseContext) -> None:
    """Closes every connection; the event loop can end afterwards without warnings."""
    await context.close_connections()


@asynccontextmanager
async def opened(url: DatabaseUrl, *, is_patient: bool = False) -> AsyncIterator[None]:
    """Opens the database for the block.

    Raises:
        DatabaseUnreachable: as `open_database`.
    """
    context = await open_database(url, is_patient=is_patient)
    try:
        yield
    finally:
        await close_database(context)


def engine_of(url: DatabaseUrl) -> Engine:
    """The engine of the database at `url`."""
    return POSTGRESQL if url.path is None else SQLITE


def engine() -> Engine:
    """The engine of the open database."""
    return SQLITE if connection().capabilities.dialect == "sqlite" else POSTGRESQL


def require_existing(url: DatabaseUrl) -> None:
    """Refuses a SQLite file that does not exist, because opening would create it.

    Raises:
        DatabaseUnreachable: the file does not exist, or cannot exist there.
    """
    check_place(url)
    if not engine_of(url).exists(url):
        raise DatabaseUnreachable(
            f"DATABASE_URL: there is no {url.path}; everruns-admin migrate makes it, "
            "and so does the server when it starts"
        )


async def ping(seconds: float = STATEMENT_SECONDS) -> None:
    """Runs an empty statement; raises what `trouble_of` knows when the database does not answer."""
    await asyncio.wait_for(connection().execute_query("SELECT 1"), seconds)


async def clock() -> datetime:
    """The time of the database, by which races between nodes are decided."""
    return await engine().statements.now()


def check_place(url: DatabaseUrl) -> None:
    """Refuses a SQLite file that cannot exist at its path.

    Raises:
        DatabaseUnreachable: the path names no possible file, or cannot be reached.
    """
    _check(engine_of(url).objection_to_place(url))


def _check(objection: str | None) -> None:
    if objection:
        raise DatabaseUnreachable(f"DATABASE_URL: {objection}")


def _explain(url: DatabaseUrl, trouble: BaseException) -> str:
    """One line: where, what, and what to look at. Drivers' messages hold no password."""
    cause = said_by_server(trouble) or trouble
    words = str(cause).strip().splitlines()
    what = words[0] if words else type(cause).__name__
    return f"DATABASE_URL: {url} cannot be opened ({what}); {engine_of(url).opening_advice}"
