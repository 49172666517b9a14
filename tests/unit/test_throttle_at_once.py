from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from uuid import UUID

import pytest

from api.errors import Throttled
from api.request_context import RequestContext
from api.throttle import Attempt, Throttle, counts_at
from models import new_id
from models.counts import Counts
from models.engines.sqlite.counts import LocalCounts
from tests.support.redis import require_redis

pytestmark = pytest.mark.anyio

# Of these tests alone, in a Redis that others use too.
HOME = f"2001:db8:{random.randrange(0x10000):x}:{random.randrange(0x10000):x}::1"
# Nobody waits this long: what is waited for happens, or the test has failed.
PATIENCE = 10


class Together:
    """The throttles of one or several workers, each try on the next one's."""

    def __init__(self, throttles: Sequence[Throttle]) -> None:
        self._throttles = cycle(throttles)
        self.email = f"{new_id().hex}@example.com"

    def sign_in(self) -> AbstractAsyncContextManager[Attempt]:
        context = RequestContext(datetime.now(UTC), ip_address=HOME)
        return next(self._throttles).sign_in(self.email, context, is_known=False)


@pytest.fixture(params=["memory", "two workers", "two nodes"])
async def throttle(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Together]:
    stores: list[Counts]
    if request.param == "memory":
        stores = [LocalCounts()]
    elif request.param == "two workers":
        stores = [LocalCounts(tmp_path / "counts.db") for _ in range(2)]
    else:
        url = require_redis()
        stores = [counts_at(url) for _ in range(2)]
    throttles = [Throttle(store, nothing_unblocked) for store in stores]
    yield Together(throttles)
    for one in throttles:
        await one.close()


async def nothing_unblocked(_subjects: Sequence[str], _now: datetime) -> list[tuple[UUID, str]]:
    return []


async def at_once(throttle: Together, tries: int, *, failing: bool = False) -> list[int | None]:
    """What becomes of `tries` begun together: None for served, or when to come back."""

    async def one() -> int | None:
        try:
            async with throttle.sign_in() as attempt:
                await asyncio.sleep(0)
                if failing:
                    await attempt.count()
        except Throttled as refusal:
            return refusal.retry_after
        return None

    async with asyncio.timeout(PATIENCE):
        return await asyncio.gather(*(one() for _ in range(tries)))


async def test_many_good_sign_ins_at_once_are_all_served(throttle: Together) -> None:
    assert await at_once(throttle, 25) == [None] * 25


async def test_many_guesses_at_once_get_no_further_than_ten(throttle: Together) -> None:
    outcomes = await at_once(throttle, 25, failing=True)
    assert outcomes.count(None) == 10
    assert all(wait > 590 for wait in outcomes if wait is not None)


async def test_failures_of_before_leave_fewer_places(throttle: Together) -> None:
    assert await at_once(throttle, 4, failing=True) == [None] * 4
    assert (await at_once(throttle, 9, failing=True)).count(None) == 6


async def test_no_more_are_under_way_than_could_all_fail(throttle: Together) -> None:
    under_way = most = 0
    ten_under_way = asyncio.Barrier(10)

    async def one() -> None:
        nonlocal under_way, most
        async with throttle.sign_in():
            under_way += 1
            most = max(most, under_way)
            await ten_under_way.wait()
            under_way -= 1

    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(one() for _ in range(30)))
    assert most == 10


@pytest.mark.parametrize("turns", range(12))
async def test_whoever_gives_up_holds_no_place_however_far_they_came(
    throttle: Together, turns: int
) -> None:
    end = asyncio.Event()

    async def one() -> None:
        async with throttle.sign_in():
            await end.wait()

    tasks = [asyncio.create_task(one()) for _ in range(15)]
    for _ in range(turns):
        await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*tasks, return_exceptions=True)
    assert all(task.cancelled() for task in tasks)
    assert await at_once(throttle, 10) == [None] * 10
