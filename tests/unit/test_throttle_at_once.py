from __future__ import annotations

import asyncio

import pytest
from limits.aio.storage import MemoryStorage

from api.errors import Throttled
from api.identity.throttle import Throttle

pytestmark = pytest.mark.anyio

HOME = "192.0.2.1"
# Nobody waits this long: what is waited for happens, or the test has failed.
PATIENCE = 10


class DistantStorage(MemoryStorage):
    """Stands in for Redis: the answer comes after everybody else has had their turn."""

    STORAGE_SCHEME = ["async+distant"]  # noqa: RUF012  (the library's own form)

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        await asyncio.sleep(0)
        return await super().get_moving_window(key, limit, expiry)


@pytest.fixture(params=["memory", "distant"])
async def throttle(request: pytest.FixtureRequest) -> Throttle:
    return Throttle(f"{request.param}://")


async def at_once(throttle: Throttle, tries: int, *, failing: bool = False) -> list[int | None]:
    """What becomes of `tries` begun together: None for served, or when to come back."""

    async def one() -> int | None:
        try:
            async with throttle.sign_in("ann@example.com", HOME) as attempt:
                await asyncio.sleep(0)
                if failing:
                    await attempt.failed()
        except Throttled as refusal:
            return refusal.retry_after
        return None

    async with asyncio.timeout(PATIENCE):
        return await asyncio.gather(*(one() for _ in range(tries)))


async def test_many_good_sign_ins_at_once_are_all_served(throttle: Throttle) -> None:
    assert await at_once(throttle, 25) == [None] * 25


async def test_many_guesses_at_once_get_no_further_than_ten(throttle: Throttle) -> None:
    outcomes = await at_once(throttle, 25, failing=True)
    assert outcomes.count(None) == 10
    assert all(wait > 590 for wait in outcomes if wait is not None)


async def test_failures_of_before_leave_fewer_places(throttle: Throttle) -> None:
    assert await at_once(throttle, 4, failing=True) == [None] * 4
    assert (await at_once(throttle, 9, failing=True)).count(None) == 6


async def test_no_more_are_under_way_than_could_all_fail(throttle: Throttle) -> None:
    under_way = most = 0

    async def one() -> None:
        nonlocal under_way, most
        async with throttle.sign_in("ann@example.com", HOME):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.001)
            under_way -= 1

    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(one() for _ in range(25)))
    assert most == 10


@pytest.mark.parametrize("turns", range(12))
async def test_whoever_gives_up_holds_no_place_however_far_they_came(
    throttle: Throttle, turns: int
) -> None:
    end = asyncio.Event()

    async def one() -> None:
        async with throttle.sign_in("ann@example.com", HOME):
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
