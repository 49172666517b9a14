"""The history of the schema: what it makes, and that it is made once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
from aerich import Command
from aerich.models import Aerich
from tortoise.context import require_context

from api.settings.database_url import DatabaseUrl
from models import User, database, schema
from tests.models.catalogue import shape, tables
from tests.models.rows import add_key, add_session, add_user
from tests.support.databases import downgrade

pytestmark = pytest.mark.anyio

FILES = tuple(
    sorted(
        (file.name for file in schema.MIGRATIONS.glob("models/[0-9]*_*.py")),
        key=lambda name: int(name.partition("_")[0]),
    )
)
ROOT = schema.MIGRATIONS.parent
MIGRATE = """
import asyncio, sys
from api.settings.database_url import DatabaseUrl
from models import schema
print("ready", flush=True)
sys.stdin.readline()
print(*asyncio.run(schema.migrate(DatabaseUrl.parse(sys.argv[1]))))
"""


async def test_migrated_from_nothing_equals_generated_from_the_models(
    empty_database_url: str, other_empty_database_url: str
) -> None:
    migrated = DatabaseUrl.parse(empty_database_url)
    await schema.migrate(migrated)
    async with database.opened(migrated):
        from_migrations = await shape()
    async with database.opened(DatabaseUrl.parse(other_empty_database_url)):
        await require_context().generate_schemas(safe=False)
        from_models = await shape()
    assert {"users", "api_keys", "refresh_tokens", "aerich"} <= from_models.keys()
    assert from_migrations == from_models


async def test_aerich_sees_no_difference_between_the_models_and_the_last_migration(
    opened: str, tmp_path: Path
) -> None:
    # A copy, so that a difference does not leave a file in the project.
    copy = copytree(schema.MIGRATIONS, tmp_path / "migrations")
    config = database.tortoise_config(DatabaseUrl.parse(opened))
    command = Command(config, app=database.APP, location=str(copy))
    await command.init(offline=True)
    assert await command.migrate(offline=True, no_input=True) == ""


async def test_an_empty_database_has_everything_pending(
    empty_database_url: str,
) -> None:
    async with database.opened(DatabaseUrl.parse(empty_database_url)):
        status = await schema.status()
        assert await tables() == set()
    assert status == schema.MigrationStatus(applied=(), pending=FILES)
    assert not status.is_current


async def test_migrating_says_what_it_applied_and_a_second_time_does_nothing(
    empty_database_url: str,
) -> None:
    url = DatabaseUrl.parse(empty_database_url)
    assert await schema.migrate(url) == FILES
    assert await schema.migrate(url) == ()
    async with database.opened(url):
        assert await schema.status() == schema.MigrationStatus(FILES, pending=())
        assert await Aerich.all().count() == len(FILES)


async def test_bookkeeping_alone_leaves_everything_pending(
    empty_database_url: str,
) -> None:
    url = DatabaseUrl.parse(empty_database_url)
    await schema.prepare_bookkeeping(url)
    await schema.prepare_bookkeeping(url)
    async with database.opened(url):
        assert await tables() == {"aerich"}
        assert (await schema.status()).pending == FILES
    assert await schema.migrate(url) == FILES


async def test_downgraded_with_rows_in_it_and_up_again_the_schema_is_the_same(
    own_database_url: str,
) -> None:
    url = DatabaseUrl.parse(own_database_url)
    async with database.opened(url):
        before = await shape()
        user = await add_user()
        await add_key(user)
        await add_session(user)
        await downgrade(url, int(FILES[0].partition("_")[0]))
        assert await tables() == {"aerich"}
        assert (await schema.status()).pending == FILES
    assert await schema.migrate(url) == FILES
    async with database.opened(url):
        assert await shape() == before
        assert await User.everyone() == []
        await add_user()


def test_of_four_processes_that_migrate_at_once_one_does_it(
    empty_database_url: str,
) -> None:
    processes = [migrating(empty_database_url) for _ in range(4)]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, answers
    said = sorted(out.strip() for out, _ in answers)
    assert said == ["", "", "", " ".join(FILES)]


def migrating(url: str) -> subprocess.Popen[str]:
    """A process that is ready to migrate and waits for a line."""
    return subprocess.Popen(
        [sys.executable, "-c", MIGRATE, url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
