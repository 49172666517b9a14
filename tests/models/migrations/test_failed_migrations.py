"""A migration that fails leaves the database as it was, rows and all."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from api.settings.database_url import DatabaseUrl
from models import User, database, schema
from models.migration_failure import MigrationFailed
from tests.models.catalogue import shape, tables
from tests.models.rows import add_user

pytestmark = pytest.mark.anyio

TEMPLATE = '''
RUN_IN_TRANSACTION = True


async def upgrade(db):
    return """{}"""


async def downgrade(db):
    return "DROP TABLE halfway;"
'''
GOOD = "CREATE TABLE good (id INT); UPDATE users SET name = 'Good';"
BAD = "CREATE TABLE halfway (id INT); UPDATE users SET name = 'Halfway'; SELECT nonsense;"
BREAKS_A_CHECK = "CREATE TABLE halfway (id INT); UPDATE users SET email = 'ANN@X.ORG';"


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations, to which a test adds its own."""
    copy = copytree(schema.MIGRATIONS, tmp_path / "migrations")
    monkeypatch.setattr(schema, "MIGRATIONS", copy)
    return copy / database.APP


def add_migration(history: Path, number: int, script: str) -> str:
    name = f"{number}_20990101000000_added.py"
    (history / name).write_text(TEMPLATE.format(script))
    return name


async def user_named(url: str) -> str:
    """Add the one user of the database; its name shows what a migration did to it."""
    async with database.opened(DatabaseUrl.parse(url)):
        return (await add_user(name="Before")).name


@pytest.mark.parametrize("script", [BAD, BREAKS_A_CHECK], ids=["syntax", "check"])
async def test_what_a_failed_migration_began_is_undone(
    own_database_url: str, history: Path, script: str
) -> None:
    await user_named(own_database_url)
    added = add_migration(history, 900, script)
    url = DatabaseUrl.parse(own_database_url)
    async with database.opened(url):
        before = await shape()
    with pytest.raises(MigrationFailed, match="as it was before"):
        await schema.migrate(url)
    async with database.opened(url):
        assert await shape() == before
        assert [user.name for user in await User.everyone()] == ["Before"]
        assert (await schema.status()).pending == (added,)


async def test_of_two_migrations_neither_stays_when_the_second_fails(
    own_database_url: str, history: Path
) -> None:
    await user_named(own_database_url)
    added = (add_migration(history, 900, GOOD), add_migration(history, 901, BAD))
    url = DatabaseUrl.parse(own_database_url)
    with pytest.raises(MigrationFailed):
        await schema.migrate(url)
    async with database.opened(url):
        assert (await schema.status()).pending == added
        assert not {"good", "halfway"} & await tables()
        assert [user.name for user in await User.everyone()] == ["Before"]


async def test_a_mended_migration_applies_at_the_next_start(
    own_database_url: str, history: Path
) -> None:
    await user_named(own_database_url)
    add_migration(history, 900, BAD)
    url = DatabaseUrl.parse(own_database_url)
    with pytest.raises(MigrationFailed):
        await schema.migrate(url)
    added = add_migration(history, 900, GOOD)
    assert await schema.migrate(url) == (added,)
    async with database.opened(url):
        assert "good" in await tables()
        assert [user.name for user in await User.everyone()] == ["Good"]


async def test_an_empty_database_is_empty_again_after_a_failure(
    empty_database_url: str, history: Path
) -> None:
    add_migration(history, 900, BAD)
    url = DatabaseUrl.parse(empty_database_url)
    with pytest.raises(MigrationFailed):
        await schema.migrate(url)
    async with database.opened(url):
        assert await tables() == set()


@pytest.mark.parametrize("script", [GOOD, BAD], ids=["applied", "failed"])
async def test_no_copy_of_the_rows_is_left_beside_the_file(
    sqlite_url: str, history: Path, script: str
) -> None:
    await user_named(sqlite_url)
    add_migration(history, 900, script)
    try:
        await schema.migrate(DatabaseUrl.parse(sqlite_url))
    except MigrationFailed:
        assert script == BAD
    file = Path(sqlite_url.removeprefix("sqlite://"))
    beside = {path.name for path in file.parent.glob(f"{file.name}*")}
    assert beside == {file.name, f"{file.name}.migrations.lock"}
