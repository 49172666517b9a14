"""The migrations: applies them once, under a lock, and reports their status.

The migrations themselves are aerich's files in `migrations/models`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aerich import Command
from aerich.models import Aerich
from tortoise.exceptions import OperationalError

import migrations
from api.settings.database_url import DatabaseUrl
from models import database
from models.locks import exclusive
from models.migration_failure import MigrationFailed
from models.trouble import is_missing_table, is_trouble

MIGRATIONS = Path(migrations.__file__).parent


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """The applied and the pending migrations, as file names in their order."""

    applied: tuple[str, ...]
    pending: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        """Whether no migration is pending."""
        return not self.pending


async def status_of(url: DatabaseUrl) -> MigrationStatus:
    """The status of the database at `url`, which is not created.

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
    """Applies the pending migrations and returns their names; one process does it at a time.

    Raises:
        MigrationFailed: one did not apply; the database is restored.
        what `trouble_of` knows: the database failed; it is restored.
        DatabaseUnreachable: the database cannot be opened.
    """
    async with database.opened(url, is_patient=True):
        if (await status()).is_current:
            return ()
        async with exclusive(url, "migrations"), _undone_on_failure(url):
            await _create_bookkeeping()
            config = database.tortoise_config(url, is_patient=True)
            command = Command(config, app=database.APP, location=str(MIGRATIONS))
            await command.init()
            return tuple(await command.upgrade(run_in_transaction=True))


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
    """Undo everything in the block when any of it fails."""
    try:
        async with database.engine_of(url).migrating(url):
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


def _names() -> tuple[str, ...]:
    files = MIGRATIONS.joinpath(database.APP).glob("[0-9]*_*.py")
    return tuple(file.name for file in sorted(files, key=_number))


def _number(file: Path) -> int:
    return int(file.name.partition("_")[0])
