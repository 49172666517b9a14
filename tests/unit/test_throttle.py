from __future__ import annotations

import time

import pytest

from api.errors import Throttled
from api.identity.throttle import Throttle, network_of

pytestmark = pytest.mark.anyio

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


class Clock:
    """The time of day, which passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_772_366_400.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "time", clock)
    return clock


@pytest.fixture
async def throttle(clock: Clock) -> Throttle:
    return Throttle("memory://")


async def fail(throttle: Throttle, email: str, address: str, times: int = 1) -> None:
    for _ in range(times):
        async with throttle.sign_in(email, address) as attempt:
            await attempt.failed()


async def succeed(throttle: Throttle, email: str, address: str) -> None:
    async with throttle.sign_in(email, address):
        pass


async def refused(throttle: Throttle, email: str, address: str) -> Throttled:
    with pytest.raises(Throttled) as refusal:
        await succeed(throttle, email, address)
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
        await throttle.register(HOME)
    with pytest.raises(Throttled) as refusal:
        await throttle.register(HOME)
    assert refusal.value.retry_after == 60
    await throttle.register(ELSEWHERE)
    clock.now += 61
    await throttle.register(HOME)


async def test_the_sixty_first_refused_refresh_within_a_minute_is_too_much(
    throttle: Throttle,
) -> None:
    for _ in range(60):
        await throttle.refused_refresh(HOME)
    with pytest.raises(Throttled):
        await throttle.refused_refresh(HOME)
    await throttle.refused_refresh(ELSEWHERE)


async def test_a_flood_is_audited_once_a_minute(throttle: Throttle, clock: Clock) -> None:
    assert await throttle.is_audited_first("login", HOME)
    assert not await throttle.is_audited_first("login", HOME)
    assert await throttle.is_audited_first("register", HOME)
    assert await throttle.is_audited_first("login", ELSEWHERE)
    clock.now += 61
    assert await throttle.is_audited_first("login", HOME)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:DB8:0:0:ffff::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::1", "::/64"),
        ("not an address", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
async def test_an_address_is_counted_as_its_network(address: str | None, network: str) -> None:
    assert network_of(address) == network
