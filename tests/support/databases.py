"""Databases of the tests' own, on both engines, made once and copied for each test."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from typing import Any

import asyncpg
import pytest
from aerich import Command

from api.settings.database_url import DatabaseUrl
from models import database, schema

SERVER = os.environ.get("TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1:5432")
REQUIRED = "TEST_REQUIRES_POSTGRESQL"


async def _execute(*statements: str) -> None:
    connection = await asyncpg.connect(f"{SERVER}/postgres", timeout=5)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def require_postgresql() -> None:
    """Skip, saying why, where no PostgreSQL answers; fail where one was promised."""
    try:
        asyncio.run(_execute("SELECT 1"))
    except (OSError, TimeoutError, asyncpg.PostgresError) as trouble:
        reason = f"no PostgreSQL answers at {SERVER} ({type(trouble).__name__})"
        if os.environ.get(REQUIRED):
            pytest.fail(reason)
        pytest.skip(reason)


@contextmanager
def postgresql_database(template: str | None = None) -> Iterator[str]:
    """The URL of a new database, a copy of `template` where one is named; dropped afterwards."""
    name = f"everruns_auth_test_{uuid.uuid4().hex[:16]}"
    source = f' TEMPLATE "{template}"' if template else ""
    asyncio.run(_execute(f'CREATE DATABASE "{name}"{source}'))
    # Nothing here has to outlive the server that it is in.
    asyncio.run(_execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    try:
        yield f"{SERVER}/{name}"
    finally:
        asyncio.run(_execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def migrated(url: str) -> str:
    """Bring the database at `url` up to date and return the URL."""
    asyncio.run(schema.migrate(DatabaseUrl.parse(url)))
    return url


def emptied(url: str) -> str:
    """Delete every row of the PostgreSQL database at `url` and return the URL."""
    # The users' own rows go with them; what the triggers wrote down of all this goes last.
    tables = (
        "users",
        "audit_events",
        "oauth_used_states",
        "unblocks",
        "auth_events",
        "auth_tallies",
    )
    statements = "; ".join(f"DELETE FROM {table}" for table in tables)
    asyncio.run(execute(url, statements))
    return url


def copied_sqlite(template: Path, folder: Path) -> str:
    """The URL of a copy of a closed SQLite database."""
    file = folder / "auth.db"
    copyfile(template, file)
    return f"sqlite://{file}"


async def execute(url: str, statement: str, *values: Any) -> None:
    """What an operator does by hand: one statement over a connection of its own.

    Parameters are `?` on SQLite and `$1` on PostgreSQL; foreign keys are off on SQLite, as in the
    shell.
    """
    if url.startswith("sqlite://"):
        import sqlite3  # noqa: PLC0415

        with sqlite3.connect(url.removeprefix("sqlite://"), timeout=10) as connection:
            connection.execute(statement, values)
        connection.close()
        return
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()


async def downgrade(url: DatabaseUrl, number: int) -> None:
    """Take back the migrations from this number on, in the open database."""
    command = Command(database.tortoise_config(url), database.APP, str(schema.MIGRATIONS))
    await command.init()
    await command.downgrade(version=number, delete=False)
