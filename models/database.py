"""Owns the connection to the database: opening, closing, transactions, its clock, its troubles.

It knows no table.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import asyncpg
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError

from api.settings.database_url import DatabaseUrl
from models.connection import connection, transaction
from models.engines.engine import Engine
from models.engines.postgresql.client import Connection
from models.engines.postgresql.engine import POSTGRESQL
from models.engines.sqlite.engine import SQLITE
from models.engines.sqlite.file_place import objection_to_place, objection_to_writing
from models.file_identity import FileIdentity
from models.trouble import is_trouble

__all__ = [
    "APP",
    "BUSY_MILLISECONDS",
    "CONNECT_SECONDS",
    "MODELS",
    "POOL_SIZE",
    "STATEMENT_SECONDS",
    "DatabaseUnreachable",
    "Duplicate",
    "asyncpg_arguments",
    "check_place",
    "clock",
    "close_database",
    "connection",
    "engine",
    "is_sqlite",
    "open_database",
    "opened",
    "ping",
    "renew_connections",
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

POOL_SIZE = 10
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 5
# How long a writer waits for another process's write on SQLite.
BUSY_MILLISECONDS = 5_000

Duplicate = IntegrityError


class DatabaseUnreachable(Exception):
    """The database cannot be opened; the message is one line for people, without secrets."""


def tortoise_config(url: DatabaseUrl, *, is_patient: bool = False) -> dict[str, Any]:
    """Tortoise's configuration for `url`, with aerich's own table beside ours.

    A patient one lets a statement take as long as it takes, as migrations of large tables do.
    """
    # Named after the engine: Tortoise remembers SQL by the connection's name, and a process that
    # opens both engines one after the other (the tests) must not be given the other's.
    name = url.engine
    return {
        "connections": {
            name: _sqlite(url) if url.path else _postgresql(url, is_patient=is_patient)
        },
        "apps": {APP: {"models": [*MODELS, "aerich.models"], "default_connection": name}},
        "use_tz": True,
        "timezone": "UTC",
    }


def _sqlite(url: DatabaseUrl) -> dict[str, Any]:
    return {
        "engine": "models.engines.sqlite.client",
        "credentials": {
            "file_path": str(url.path),
            # First, so that even switching to WAL waits for another process that does the same.
            "busy_timeout": BUSY_MILLISECONDS,
            "journal_mode": "WAL",
            # 16 MB, so that the upper pages of large indexes stay; a negative number is in KiB.
            "cache_size": -16_000,
            # A revoked credential must not come back after a power cut.
            "synchronous": "FULL",
            "foreign_keys": "ON",
        },
    }


def _postgresql(url: DatabaseUrl, *, is_patient: bool) -> dict[str, Any]:
    arguments = asyncpg_arguments(url)
    if is_patient:
        arguments["command_timeout"] = None
    credentials = {**arguments, "minsize": 1, "maxsize": POOL_SIZE}
    return {"engine": "models.engines.postgresql.client", "credentials": credentials}


def _connect_seconds(url: DatabaseUrl) -> int:
    return url.connect_seconds or CONNECT_SECONDS


def asyncpg_arguments(url: DatabaseUrl) -> dict[str, Any]:
    """What the engine's `connect` takes, for the pool and for connections beside it."""
    arguments: dict[str, Any] = {
        "dsns": url.dsns(),
        "connection_class": Connection,
        "user": url.user or os.environ.get("PGUSER") or "postgres",
        "password": url.password,
        "database": url.database,
        "timeout": _connect_seconds(url),
        "command_timeout": STATEMENT_SECONDS,
        "server_settings": {
            "application_name": "everruns-auth",
            **dict(url.session),
            # Places in lists are times as the database writes them, whatever it is set to.
            "datestyle": "ISO, YMD",
            "timezone": "UTC",
        },
    }
    if url.trusts_system_roots:
        arguments["ssl"] = ssl.create_default_context()
    if not url.has_prepared_statements:
        arguments["statement_cache_size"] = 0
    return arguments


async def open_database(
    url: DatabaseUrl,
    *,
    is_checked: bool = True,
    is_patient: bool = False,
    file: FileIdentity | None = None,
) -> TortoiseContext:
    """Open the database for every task of this process.

    Unchecked, it succeeds also while the database is away; each question then fails by itself.
    `file` is the one that another process opened, where it must be the same.

    Raises:
        DatabaseUnreachable: it does not answer, or the file cannot be written.
    """
    if is_checked:
        _check_files(url)
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
        await ping(_connect_seconds(url) * len(url.hosts) + STATEMENT_SECONDS)
    except Exception as trouble:
        await close_database(context)
        # Whatever PostgreSQL says here is about the URL: the statement asks for nothing.
        is_refused = isinstance(trouble, OSError | ValueError) or _said_by_postgresql(trouble)
        if not (is_refused or is_trouble(trouble)):
            raise
        raise DatabaseUnreachable(_explain(url, trouble)) from trouble
    return context


async def close_database(context: TortoiseContext) -> None:
    """Close every connection; the loop can go afterwards without a word."""
    await context.close_connections()


@asynccontextmanager
async def opened(url: DatabaseUrl, *, is_patient: bool = False) -> AsyncIterator[None]:
    """Have the database open inside the block.

    Raises:
        DatabaseUnreachable: as `open_database`.
    """
    context = await open_database(url, is_patient=is_patient)
    try:
        yield
    finally:
        await close_database(context)


def engine() -> Engine:
    """The engine of the open database."""
    return SQLITE if is_sqlite() else POSTGRESQL


def is_sqlite() -> bool:
    return connection().capabilities.dialect == "sqlite"


def require_existing(url: DatabaseUrl) -> None:
    """Refuse a SQLite file that is not there, which opening would make.

    Raises:
        DatabaseUnreachable: the file does not exist, or cannot.
    """
    check_place(url)
    if url.path is not None and not url.path.exists():
        raise DatabaseUnreachable(
            f"DATABASE_URL: there is no {url.path}; everruns-admin migrate makes it, "
            "and so does the server when it starts"
        )


async def renew_connections() -> None:
    """Let every connection of PostgreSQL's pool be made anew when it is next taken."""
    pool = getattr(connection(), "_pool", None)
    if pool is not None:
        await pool.expire_connections()


async def ping(seconds: float = STATEMENT_SECONDS) -> None:
    """Ask the database for nothing; raises what `trouble_of` knows when it does not answer."""
    await asyncio.wait_for(connection().execute_query("SELECT 1"), seconds)


async def clock() -> datetime:
    """The database's time, by which races between nodes are decided."""
    if is_sqlite():
        rows = await connection().execute_query_dict(
            "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now') AS now"
        )
        return datetime.fromisoformat(rows[0]["now"]).replace(tzinfo=UTC)
    rows = await connection().execute_query_dict("SELECT clock_timestamp() AS now")
    return cast(datetime, rows[0]["now"]).astimezone(UTC)


def _check_files(url: DatabaseUrl) -> None:
    if url.path is not None:
        check_place(url)
        _make_file(url.path)
    for parameter, file in url.files:
        try:
            file.open("rb").close()
        except OSError as error:
            raise DatabaseUnreachable(
                f"DATABASE_URL: the file that {parameter} names cannot be read ({error.strerror})"
            ) from error


def check_place(url: DatabaseUrl) -> None:
    """Refuse a SQLite file that cannot be where the URL says.

    Raises:
        DatabaseUnreachable: it can be none, or not be reached.
    """
    if url.path is not None and (objection := objection_to_place(url.path)):
        raise DatabaseUnreachable(f"DATABASE_URL: {objection}")


def _make_file(path: Path) -> None:
    if objection := objection_to_writing(path):
        raise DatabaseUnreachable(f"DATABASE_URL: {objection}")
    try:
        # Made here, for its owner alone: it holds hashes of passwords.
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return
    except OSError as error:
        raise DatabaseUnreachable(
            f"DATABASE_URL: {path} cannot be made ({error.strerror}); name another file"
        ) from error


def _explain(url: DatabaseUrl, trouble: BaseException) -> str:
    """One line: where, what, and what to look at. Drivers' messages hold no password."""
    cause = _said_by_postgresql(trouble) or trouble
    words = str(cause).strip().splitlines()
    what = words[0] if words else type(cause).__name__
    advice = (
        "check that it is a SQLite database"
        if url.engine == "sqlite"
        else "check that the server runs, and the user, password, name and TLS in the URL"
    )
    return f"DATABASE_URL: {url} cannot be opened ({what}); {advice}"


def _said_by_postgresql(trouble: BaseException | None) -> asyncpg.PostgresError | None:
    """PostgreSQL's own words, where Tortoise wrapped them in others."""
    while trouble is not None:
        if isinstance(trouble, asyncpg.PostgresError):
            return trouble
        trouble = trouble.__cause__
    return None
