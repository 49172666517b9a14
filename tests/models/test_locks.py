"""Locks hold across processes, and go when their holder does."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tortoise.exceptions import DBConnectionError

from api.settings.database_url import DatabaseUrl
from models import schema
from models.locks import exclusive, held_if_free

pytestmark = pytest.mark.anyio

PATIENCE = 30
HOLD = """
import asyncio, sys
from api.settings.database_url import DatabaseUrl
from models.locks import held_if_free

async def hold():
    async with held_if_free(DatabaseUrl.parse(sys.argv[1]), "test") as is_mine:
        print(is_mine, flush=True)
        sys.stdin.readline()

asyncio.run(hold())
"""


@pytest.fixture
def url(empty_database_url: str) -> DatabaseUrl:
    return DatabaseUrl.parse(empty_database_url)


@pytest.fixture
def holder(empty_database_url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it is sent a line or killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, empty_database_url],
        cwd=schema.MIGRATIONS.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


async def test_a_lock_has_one_holder_and_is_free_afterwards(url: DatabaseUrl) -> None:
    async with (
        held_if_free(url, "test") as is_first,
        held_if_free(url, "test") as is_second,
    ):
        assert (is_first, is_second) == (True, False)
        async with held_if_free(url, "test") as is_third:
            assert not is_third
    async with asyncio.timeout(PATIENCE), exclusive(url, "test"):
        pass


async def test_locks_for_two_purposes_do_not_meet(url: DatabaseUrl) -> None:
    async with held_if_free(url, "test") as one, held_if_free(url, "other") as other:
        assert (one, other) == (True, True)


async def test_a_lock_goes_when_the_block_fails(url: DatabaseUrl) -> None:
    with pytest.raises(ZeroDivisionError):
        async with held_if_free(url, "test"):
            raise ZeroDivisionError
    async with asyncio.timeout(PATIENCE), exclusive(url, "test"):
        pass


async def test_exclusive_blocks_follow_each_other(url: DatabaseUrl) -> None:
    inside, most = 0, 0

    async def work() -> None:
        nonlocal inside, most
        async with exclusive(url, "test"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(work() for _ in range(4)))
    assert (inside, most) == (0, 1)


async def test_another_process_holds_it_until_it_lets_go(
    url: DatabaseUrl, holder: subprocess.Popen[str]
) -> None:
    async with held_if_free(url, "test") as is_mine:
        assert not is_mine
    holder.communicate("done\n")
    async with asyncio.timeout(PATIENCE), exclusive(url, "test"):
        pass


async def test_a_holder_that_is_killed_lets_go(
    url: DatabaseUrl, holder: subprocess.Popen[str]
) -> None:
    holder.kill()
    async with asyncio.timeout(PATIENCE), exclusive(url, "test"):
        pass


async def test_the_lock_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "auth.db.test.lock"
    async with held_if_free(DatabaseUrl.parse(f"sqlite://{tmp_path}/auth.db"), "test"):
        pass
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_lock_makes_no_folder_where_one_was_taken_away(tmp_path: Path) -> None:
    url = DatabaseUrl.parse(f"sqlite://{tmp_path}/gone/auth.db")
    with pytest.raises(DBConnectionError, match="cannot be opened"):
        async with held_if_free(url, "test"):
            pass
    assert not (tmp_path / "gone").exists()


async def test_a_lock_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "auth.db.test.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DBConnectionError, match="cannot be opened"):
        async with held_if_free(DatabaseUrl.parse(f"sqlite://{tmp_path}/auth.db"), "test"):
            pass
    assert not (tmp_path / "elsewhere").exists()


async def test_where_the_file_system_has_no_locks_none_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(DBConnectionError, match="Function not implemented"):
        async with held_if_free(DatabaseUrl.parse(f"sqlite://{tmp_path}/auth.db"), "test"):
            pass
