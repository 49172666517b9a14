from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.api.clients import neighbour
from tests.api.people import audited, log_in, me
from tests.support.people import Person

pytestmark = pytest.mark.anyio

WRONG = "not the password"


async def fail(http: httpx.AsyncClient, email: str, times: int) -> list[int]:
    answers = [await log_in(http, email, WRONG) for _ in range(times)]
    return [answer.status_code for answer in answers]


async def test_ten_failures_of_an_account_from_an_address_are_enough(
    http: httpx.AsyncClient, ann: Person
) -> None:
    assert await fail(http, ann.email, 11) == [401] * 10 + [429]
    answer = await log_in(http)
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_requests"
    assert answer.json()["error"] == "Too many tries; try again in 10 minutes"
    assert 0 < int(answer.headers["retry-after"]) <= 600
    assert (await me(http, ann.bearer)).status_code == 200


async def test_known_and_unknown_accounts_are_limited_alike(
    http: httpx.AsyncClient, ann: Person
) -> None:
    known = await fail(http, ann.email, 12)
    assert await fail(http, "nobody@example.com", 12) == known
    answers = [await log_in(http), await log_in(http, "nobody@example.com")]
    assert len({answer.text for answer in answers}) == 1


async def test_an_account_is_one_however_its_address_is_written(
    http: httpx.AsyncClient, ann: Person
) -> None:
    for number in range(10):
        written = (" Ann@example.com", "ANN@EXAMPLE.COM ")[number % 2]
        assert (await log_in(http, written, WRONG)).status_code == 401
    assert (await log_in(http)).status_code == 429


async def test_the_owner_gets_in_from_another_address(http: httpx.AsyncClient, ann: Person) -> None:
    await fail(http, ann.email, 11)
    async with neighbour(http, "192.0.2.1") as home:
        assert (await log_in(home)).status_code == 200
    assert (await log_in(http, "other@example.com", WRONG)).status_code == 401


async def test_attempts_in_flight_count(http: httpx.AsyncClient, ann: Person) -> None:
    tries = [log_in(http, ann.email, WRONG) for _ in range(30)]
    statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert statuses.count(401) == 10
    assert statuses.count(429) == 20


async def test_good_sign_ins_are_not_counted(http: httpx.AsyncClient, ann: Person) -> None:
    for _ in range(15):
        assert (await log_in(http)).status_code == 200


async def test_an_ipv6_address_counts_as_its_64(http: httpx.AsyncClient, ann: Person) -> None:
    for number in range(10):
        async with neighbour(http, f"2001:db8::{number + 1:x}") as host:
            assert await fail(host, ann.email, 1) == [401]
    async with neighbour(http, "2001:db8::ffff:1") as same:
        assert (await log_in(same)).status_code == 429
    async with neighbour(http, "2001:db8:0:1::1") as other:
        assert (await log_in(other)).status_code == 200


async def test_a_hundred_failures_from_an_address_are_enough(
    http: httpx.AsyncClient, ann: Person
) -> None:
    async with neighbour(http, "192.0.2.1") as elsewhere:
        for number in range(20):
            assert await fail(elsewhere, f"n{number}@example.com", 5) == [401] * 5
        assert (await log_in(elsewhere)).status_code == 429
    assert (await log_in(http)).status_code == 200


async def test_a_hundred_failures_of_an_account_anywhere_are_enough(
    http: httpx.AsyncClient, ann: Person
) -> None:
    for number in range(20):
        async with neighbour(http, f"198.51.100.{number}") as stranger:
            assert await fail(stranger, ann.email, 5) == [401] * 5
    async with neighbour(http, "192.0.2.1") as home:
        assert (await log_in(home)).status_code == 429


async def test_a_forwarded_address_is_not_believed(http: httpx.AsyncClient, ann: Person) -> None:
    for number in range(10):
        http.headers["X-Forwarded-For"] = f"203.0.113.{number}"
        http.headers["X-Real-IP"] = http.headers["X-Forwarded-For"]
        http.headers["Forwarded"] = f"for=203.0.113.{number}"
        assert await fail(http, ann.email, 1) == [401]
    assert (await log_in(http)).status_code == 429
    assert {e.ip_address for e in await audited("auth.login")} == {"127.0.0.1"}


async def test_a_limit_is_recorded_once_and_not_for_every_try(
    http: httpx.AsyncClient, ann: Person
) -> None:
    await fail(http, ann.email, 15)
    (event,) = await audited("auth.rate_limited")
    assert (event.outcome, event.ip_address) == ("failure", "127.0.0.1")
