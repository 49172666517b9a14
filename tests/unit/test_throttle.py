from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest

from api.errors import Throttled
from api.request_context import RequestContext
from api.throttle import Throttle
from models import new_id
from models.engines.sqlite.counts import LocalCounts

pytestmark = pytest.mark.anyio

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


class Clock:
    """The time of day, which passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_772_366_400.0

    def __call__(self) -> float:
        return self.now


class Unblocks:
    """What an operator has let try again."""

    def __init__(self) -> None:
        self.rows: list[tuple[UUID, str]] = []

    def add(self, subject: str) -> None:
        self.rows.append((new_id(), subject))

    async def __call__(self, subjects: Sequence[str], _now: datetime) -> list[tuple[UUID, str]]:
        return [row for row in self.rows if row[1] in subjects]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def unblocks() -> Unblocks:
    return Unblocks()


@pytest.fixture
async def throttle(clock: Clock, unblocks: Unblocks) -> AsyncIterator[Throttle]:
    throttle = Throttle(LocalCounts(clock=clock), unblocks)
    yield throttle
    await throttle.close()


def at(address: str | None) -> RequestContext:
    return RequestContext(datetime(2026, 3, 1, tzinfo=UTC), ip_address=address)


async def fail(
    throttle: Throttle, email: str, address: str, times: int = 1, *, is_known: bool = False
) -> None:
    for _ in range(times):
        async with throttle.sign_in(email, at(address), is_known=is_known) as attempt:
            await attempt.count()


async def succeed(throttle: Throttle, email: str, address: str, *, is_known: bool = False) -> None:
    async with throttle.sign_in(email, at(address), is_known=is_known):
        pass


async def refused(
    throttle: Throttle, email: str, address: str, *, is_known: bool = False
) -> Throttled:
    with pytest.raises(Throttled) as refusal:
        await succeed(throttle, email, address, is_known=is_known)
    return refusal.value


async def test_ten_failures_are_borne_and_the_eleventh_try_is_refused(
    throttle: Throttle,
) -> None:
    await fail(throttle, "ann@example.com", HOME, times=10)
    refusal = await refused(throttle, "ann@example.com", HOME)
    assert refusal.retry_after == 600


async def test_the_account_is_the_same_however_it_is_typed(throttle: Throttle) -> None:
    await fail(throttle, "ann@example.com", HOME, times=10)
    await refused(throttle, " ANN@Example.com", HOME)


async def test_when_the_oldest_failure_is_ten_minutes_old_one_more_is_let_in(
    throttle: Throttle, clock: Clock
) -> None:
    await fail(throttle, "ann@example.com", HOME)
    clock.now += 60
    await fail(throttle, "ann@example.com", HOME, times=9)
    assert (await refused(throttle, "ann@example.com", HOME)).retry_after == 540
    clock.now += 541
    await fail(throttle, "ann@example.com", HOME)
    await refused(throttle, "ann@example.com", HOME)


async def test_a_success_is_not_counted(throttle: Throttle) -> None:
    await fail(throttle, "ann@example.com", HOME, times=9)
    for _ in range(20):
        await succeed(throttle, "ann@example.com", HOME)


async def test_a_refused_try_is_not_counted(throttle: Throttle, clock: Clock) -> None:
    await fail(throttle, "ann@example.com", HOME, times=10)
    for _ in range(20):
        await refused(throttle, "ann@example.com", HOME)
    clock.now += 601
    await succeed(throttle, "ann@example.com", HOME)


async def test_another_address_still_gets_in(throttle: Throttle) -> None:
    await fail(throttle, "ann@example.com", ELSEWHERE, times=10)
    await refused(throttle, "ann@example.com", ELSEWHERE)
    await succeed(throttle, "ann@example.com", HOME)


async def test_an_account_is_limited_over_all_addresses(throttle: Throttle) -> None:
    for number in range(10):
        await fail(throttle, "ann@example.com", f"198.51.100.{number}", times=10)
    assert (await refused(throttle, "ann@example.com", HOME)).retry_after == 3600
    await succeed(throttle, "ben@example.com", HOME)


async def test_an_address_is_limited_over_all_accounts(throttle: Throttle) -> None:
    for number in range(10):
        await fail(throttle, f"user{number}@example.com", HOME, times=10)
    assert (await refused(throttle, "new@example.com", HOME)).retry_after == 600
    await succeed(throttle, "new@example.com", ELSEWHERE)


async def test_an_ipv6_subscriber_is_one_address(throttle: Throttle) -> None:
    for number in range(10):
        await fail(throttle, "ann@example.com", f"2001:db8::{number + 1:x}")
    await refused(throttle, "ann@example.com", "2001:db8::ffff:1")
    await succeed(throttle, "ann@example.com", "2001:db8:0:1::1")


async def test_five_registrations_a_minute_are_let_in(throttle: Throttle, clock: Clock) -> None:
    for _ in range(5):
        await register(throttle, HOME)
    with pytest.raises(Throttled) as refusal:
        await register(throttle, HOME)
    assert refusal.value.retry_after == 60
    await register(throttle, ELSEWHERE)
    clock.now += 61
    await register(throttle, HOME)


async def register(throttle: Throttle, address: str) -> None:
    async with throttle.registration(at(address)) as attempt:
        await attempt.count()


async def test_a_registration_that_came_to_nothing_is_not_counted(throttle: Throttle) -> None:
    for _ in range(20):
        async with throttle.registration(at(HOME)):
            pass
    await register(throttle, HOME)


async def test_the_sixty_first_refused_refresh_within_a_minute_is_too_much(
    throttle: Throttle,
) -> None:
    for _ in range(60):
        await throttle.refused_refresh(at(HOME))
    with pytest.raises(Throttled):
        await throttle.refused_refresh(at(HOME))
    await throttle.refused_refresh(at(ELSEWHERE))


async def test_a_flood_is_audited_once_a_minute(throttle: Throttle, clock: Clock) -> None:
    assert await throttle.is_audited_first("login", at(HOME))
    assert not await throttle.is_audited_first("login", at(HOME))
    assert await throttle.is_audited_first("register", at(HOME))
    assert await throttle.is_audited_first("login", at(ELSEWHERE))
    clock.now += 61
    assert await throttle.is_audited_first("login", at(HOME))


async def test_a_56_of_ipv6_is_limited_over_its_64s(throttle: Throttle) -> None:
    for number in range(6):
        for account in range(5):
            await fail(
                throttle, f"n{number}-{account}@example.com", f"2001:db8::{number}:0:0:0:1", 10
            )
    assert (await refused(throttle, "ann@example.com", "2001:db8:0:ff::1")).retry_after == 600
    await succeed(throttle, "ann@example.com", "2001:db8:0:100::1")


async def test_strangers_lock_nobody_out_of_a_known_network(throttle: Throttle) -> None:
    for number in range(10):
        await fail(throttle, "ann@example.com", f"198.51.100.{number}", 10)
        await fail(throttle, f"neighbour{number}@example.com", HOME, 10)
    await refused(throttle, "ann@example.com", HOME)
    await succeed(throttle, "ann@example.com", HOME, is_known=True)


async def test_on_a_known_network_ten_failures_of_the_account_are_enough(
    throttle: Throttle,
) -> None:
    await fail(throttle, "ann@example.com", HOME, 10, is_known=True)
    await refused(throttle, "ann@example.com", HOME, is_known=True)
    await succeed(throttle, "ben@example.com", HOME, is_known=True)


async def test_what_failed_on_a_known_network_counts_against_strangers(throttle: Throttle) -> None:
    for number in range(10):
        await fail(throttle, "ann@example.com", f"198.51.100.{number}", 10, is_known=True)
    await refused(throttle, "ann@example.com", HOME)


@pytest.mark.parametrize("named", ["ann@example.com", "2001:db8::/64", "2001:db8::/56"])
async def test_an_unblocking_lets_try_ten_times_more_and_no_further(
    throttle: Throttle, unblocks: Unblocks, named: str
) -> None:
    await fail(throttle, "ann@example.com", "2001:db8::1", 10)
    unblocks.add("ben@example.com")
    unblocks.add("2001:db8:0:1::/64")
    await refused(throttle, "ann@example.com", "2001:db8::1")
    unblocks.add(named)
    await fail(throttle, "ann@example.com", "2001:db8::1", 10)
    await refused(throttle, "ann@example.com", "2001:db8::1")


async def test_an_unblocked_account_is_free_on_every_network(
    throttle: Throttle, unblocks: Unblocks
) -> None:
    for number in range(10):
        await fail(throttle, "ann@example.com", f"198.51.100.{number}", 10)
    unblocks.add("ann@example.com")
    for number in range(10):
        await succeed(throttle, "ann@example.com", f"198.51.100.{number}")


async def test_an_unblocked_network_may_register_again(
    throttle: Throttle, unblocks: Unblocks
) -> None:
    for _ in range(5):
        await register(throttle, HOME)
    unblocks.add(HOME)
    await register(throttle, HOME)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "Too many tries; try again in 1 second"),
        (119, "Too many tries; try again in 119 seconds"),
        (120, "Too many tries; try again in 2 minutes"),
        (541, "Too many tries; try again in 10 minutes"),
        (3600, "Too many tries; try again in 60 minutes"),
    ],
)
def test_the_sentence_says_when(seconds: int, words: str) -> None:
    assert Throttled(retry_after=seconds).detail == words
