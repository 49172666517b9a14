"""Owns the schema's history: applying migrations once, under a lock, and telling their status.

The migrations themselves are aerich's files in `migrations/models`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aerich import Command
from aerich.models import Aerich
from tortoise.exceptions import OperationalError

import migrations
from api.settings.database_url import DatabaseUrl
from models import database
from models.locks import exclusive
from models.trouble import is_missing_table, is_trouble

MIGRATIONS = Path(migrations.__file__).parent

# What the last statement of a migration on SQLite leaves behind when it fails cannot be undone by
# SQLite: aerich runs scripts, and a script commits whatever transaction is around it.
_COPY_SUFFIX = ".before-migration"


class MigrationFailed(Exception):
    """A migration did not apply; the database is as it was before."""


class SchemaClosed(MigrationFailed):
    """pg_trgm is in a schema that this role may not use; the message says which GRANT it takes."""

    def __init__(self, schema: str, role: str) -> None:
        super().__init__(
            f"pg_trgm is in the schema {schema}, which this role may not use; "
            f"an administrator runs: GRANT USAGE ON SCHEMA {schema} TO {role};"
        )


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """Which migrations are in the database and which are not; file names in their order."""

    applied: tuple[str, ...]
    pending: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        return not self.pending


async def status_of(url: DatabaseUrl) -> MigrationStatus:
    """The status of the database at `url`, which is not made by asking.

    Raises:
        DatabaseUnreachable: it cannot be opened.
    """
    database.check_place(url)
    if not database.engine_of(url).exists(url):
        return MigrationStatus(applied=(), pending=_names())
    async with database.opened(url):
        return await status()


async def status() -> MigrationStatus:
    """The status of the open database; an empty one has everything pending."""
    try:
        rows = await Aerich.filter(app=database.APP).values_list("version", flat=True)
    except OperationalError as error:
        if not is_missing_table(error):
            raise
        rows = []
    applied = {str(row) for row in rows}
    names = _names()
    return MigrationStatus(
        applied=tuple(name for name in names if name in applied),
        pending=tuple(name for name in names if name not in applied),
    )


async def migrate(url: DatabaseUrl) -> tuple[str, ...]:
    """Apply what is pending and return the names; at most one process does it at a time.

    Raises:
        MigrationFailed: one did not apply; what was there before is put back.
        what `trouble_of` knows: the database would not have it; likewise.
        DatabaseUnreachable: the database cannot be opened.
    """
    async with database.opened(url, is_patient=True):
        if (await status()).is_current:
            return ()
        async with exclusive(url, "migrations"), _undone_on_failure(url):
            await _create_bookkeeping()
            if url.path is None:
                await _find_trigrams()
            config = database.tortoise_config(url, is_patient=True)
            command = Command(config, app=database.APP, location=str(MIGRATIONS))
            await command.init()
            return tuple(await command.upgrade(run_in_transaction=True))


async def _find_trigrams() -> None:
    """Let the migrations of this transaction see pg_trgm where it is in a schema of its own.

    Raises:
        SchemaClosed: this role may not use that schema.
    """
    rows = await database.connection().execute_query_dict(
        "SELECT quote_ident(nspname) AS schema, quote_ident(current_user) AS role, "
        "has_schema_privilege(pg_namespace.oid, 'USAGE') AS is_open "
        "FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace "
        "WHERE extname = 'pg_trgm' AND nspname <> ALL (current_schemas(true)) "
        # Where nothing can be made anyway, nothing must be made beside the extension.
        "AND current_schema() IS NOT NULL"
    )
    for row in rows:
        if not row["is_open"]:
            raise SchemaClosed(row["schema"], row["role"])
        await database.connection().execute_query(
            "SELECT set_config('search_path', concat_ws(', ', current_setting('search_path'), $1::text), "
            "true)",
            [row["schema"]],
        )


async def prepare_bookkeeping(url: DatabaseUrl) -> None:
    """Make aerich's own table where it is missing, so that aerich can say that all is pending."""
    async with database.opened(url):
        await _create_bookkeeping()


async def _create_bookkeeping() -> None:
    generator = database.connection().schema_generator(database.connection())
    table = generator._get_table_sql(Aerich, safe=True)["table_creation_string"]
    await generator.generate_from_string(table)


@asynccontextmanager
async def _undone_on_failure(url: DatabaseUrl) -> AsyncIterator[None]:
    """Undo everything in the block when any of it fails.

    PostgreSQL rolls one transaction around all of it back; a SQLite file is put back as it was.
    """
    undoing = database.transaction() if url.path is None else _put_back_on_failure(url.path)
    try:
        async with undoing:
            yield
    except MigrationFailed:
        raise
    except Exception as error:
        if is_trouble(error):
            raise
        raise MigrationFailed(
            f"a migration failed ({error}); the database is as it was before. "
            "Keep a copy of it and report this"
        ) from error


@asynccontextmanager
async def _put_back_on_failure(path: Path) -> AsyncIterator[None]:
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


def _names() -> tuple[str, ...]:
    files = MIGRATIONS.joinpath(database.APP).glob("[0-9]*_*.py")
    return tuple(file.name for file in sorted(files, key=_number))


def _number(file: Path) -> int:
    return int(file.name.partition("_")[0])
