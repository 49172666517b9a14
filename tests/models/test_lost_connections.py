"""PostgreSQL goes away, as at a restart: what was under way fails, what comes after does not."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.settings.database_url import DatabaseUrl
from models import User, database
from models.engines.postgresql.client import POOL_SIZE
from models.trouble import is_trouble
from tests.models.rows import add_user
from tests.support.databases import execute
from tests.support.troubles import trouble

pytestmark = pytest.mark.anyio

# Far above what anything here takes: a test that would hang fails instead.
PATIENCE = 30
HANG_UP = (
    "SELECT pg_terminate_backend(pid, {patience}) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def hang_up(url: str) -> None:
    """End every connection to the database before our loop can hear of it."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, execute(url, HANG_UP.format(patience=5000))).result()


async def test_more_failed_beginnings_than_it_has_places_do_not_empty_the_pool(
    postgresql_url: str,
) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        database.opened(DatabaseUrl.parse(postgresql_url)),
    ):
        for _ in range(POOL_SIZE + 2):
            await database.ping()
            hang_up(postgresql_url)
            with trouble():
                async with database.transaction():
                    pytest.fail("the transaction began on a dead connection")
        await asyncio.gather(*(database.ping() for _ in range(POOL_SIZE)))
        async with database.transaction():
            await add_user()
        assert await User.all().count() == 1


async def test_a_connection_lost_inside_a_transaction_is_replaced(
    postgresql_url: str,
) -> None:
    async def lose() -> None:
        async with database.transaction():
            await add_user()
            await execute(postgresql_url, HANG_UP.format(patience=0))
            await User.everyone()

    async with (
        asyncio.timeout(PATIENCE),
        database.opened(DatabaseUrl.parse(postgresql_url)),
    ):
        with trouble():
            await lose()
        assert await User.everyone() == []


async def test_a_storm_of_lost_connections_is_trouble_and_nothing_else(
    postgresql_url: str,
) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        database.opened(DatabaseUrl.parse(postgresql_url)),
    ):
        seen = await storm(postgresql_url)
        assert seen
        assert [error for error in seen if not is_trouble(error)] == []


async def test_every_task_gets_another_connection_after_a_storm(
    postgresql_url: str,
) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        database.opened(DatabaseUrl.parse(postgresql_url)),
    ):
        await storm(postgresql_url)
        # A whole pool of transactions at once: none of its places was lost.
        everybody = asyncio.Barrier(POOL_SIZE)
        await asyncio.gather(*(meet_in_transaction(everybody) for _ in range(POOL_SIZE)))


async def storm(url: str) -> list[Exception]:
    """Lose every connection twelve times under many tasks; what they saw, once all go on again."""
    is_over, seen = asyncio.Event(), list[Exception]()
    tasks = [asyncio.create_task(work_on(is_over, seen)) for _ in range(12)]
    for _ in range(12):
        await execute(url, HANG_UP.format(patience=0))
    is_over.set()
    recovered = await asyncio.gather(*tasks)
    assert recovered == [True] * len(tasks)
    return seen


async def work_on(is_over: asyncio.Event, seen: list[Exception]) -> bool:
    """Transactions without end, then up to fifty tries for one that succeeds."""
    tries = 50
    while tries:
        await asyncio.sleep(0)
        tries -= is_over.is_set()
        try:
            async with database.transaction():
                await User.everyone()
        except Exception as error:  # noqa: BLE001 - which kinds there are is the question
            seen.append(error)
        else:
            if is_over.is_set():
                return True
    return False


async def meet_in_transaction(everybody: asyncio.Barrier) -> None:
    async with database.transaction():
        await everybody.wait()
