"""The SQLite file is removed or replaced while it is open: nothing is read or written any more."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import pytest

from api.settings.database_url import DatabaseUrl
from models import User, database
from models.engines.sqlite.file_identity import FileIdentity
from models.engines.sqlite.trouble import FileReplaced
from tests.models.rows import add_user

pytestmark = pytest.mark.anyio


def remove(file: Path) -> None:
    file.rename(file.with_suffix(".away"))


def replace(file: Path) -> None:
    copyfile(file, file.with_suffix(".copy"))
    remove(file)
    file.with_suffix(".copy").rename(file)


def put_back(file: Path) -> None:
    file.with_suffix(".away").rename(file)


@pytest.mark.parametrize("what", [remove, replace])
async def test_neither_reads_nor_writes_until_it_is_put_back(sqlite_url: str, what: object) -> None:
    url = DatabaseUrl.parse(sqlite_url)
    assert url.path is not None
    async with database.opened(url):
        await add_user()
        assert callable(what)
        what(url.path)
        with pytest.raises(FileReplaced):
            await User.everyone()
        with pytest.raises(FileReplaced):
            async with database.transaction():
                await User.everyone()
        put_back(url.path)
        assert len(await User.everyone()) == 1


async def test_a_write_is_not_acknowledged_when_the_file_went_before_its_end(
    sqlite_url: str,
) -> None:
    url = DatabaseUrl.parse(sqlite_url)
    assert url.path is not None
    async with database.opened(url):
        with pytest.raises(FileReplaced):
            await write_while_replaced(url.path)


async def write_while_replaced(file: Path) -> None:
    async with database.transaction():
        await add_user()
        replace(file)


async def test_a_worker_that_comes_later_opens_no_other_file(sqlite_url: str) -> None:
    url = DatabaseUrl.parse(sqlite_url)
    assert url.path is not None
    first = FileIdentity.of(url.path)
    remove(url.path)
    context = await database.open_database(url, is_checked=False, file=first)
    with pytest.raises(FileReplaced):
        await database.ping()
    await database.close_database(context)
    assert FileIdentity.of(url.path) is None, "an empty one was made"
