"""The limits on registrations and on refused refreshes."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.api.clients import neighbour
from tests.api.people import audited, refresh, registered
from tests.support.people import PASSWORD, Person

pytestmark = pytest.mark.anyio


async def test_five_registrations_a_minute_from_an_address(
    http: httpx.AsyncClient,
) -> None:
    for number in range(5):
        await registered(http, f"n{number}@example.com")
    form = {"email": "n6@example.com", "password": PASSWORD}
    answer = await http.post("/v1/auth/register", json=form)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    async with neighbour(http, "192.0.2.1") as elsewhere:
        await registered(elsewhere, "n6@example.com")


async def test_registrations_that_are_refused_are_not_counted(http: httpx.AsyncClient) -> None:
    await registered(http)
    refused = [{"email": "x", "password": "x"}, {"email": "ann@example.com", "password": PASSWORD}]
    for form in refused * 5:
        assert (await http.post("/v1/auth/register", json=form)).status_code in (409, 422)
    await registered(http, "ben@example.com")


async def test_of_registrations_at_once_five_are_let_in(http: httpx.AsyncClient) -> None:
    forms = [{"email": f"n{number}@example.com", "password": PASSWORD} for number in range(12)]
    answers = await asyncio.gather(*[http.post("/v1/auth/register", json=f) for f in forms])
    assert [answer.status_code for answer in answers].count(201) == 5


async def test_sixty_refused_refreshes_a_minute_from_an_address(
    http: httpx.AsyncClient, ann: Person
) -> None:
    for _ in range(60):
        assert (await refresh(http, "nonsense")).status_code == 401
    answer = await refresh(http, "nonsense")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    async with neighbour(http, "192.0.2.1") as elsewhere:
        assert (await refresh(elsewhere, "nonsense")).status_code == 401


async def test_good_refreshes_are_answered_where_others_were_refused(
    http: httpx.AsyncClient, ann: Person
) -> None:
    await asyncio.gather(*[refresh(http, "nonsense") for _ in range(61)])
    assert (await refresh(http, ann.refresh_token)).status_code == 200


async def test_good_refreshes_are_not_limited_however_many_come_at_once(
    http: httpx.AsyncClient, ann: Person
) -> None:
    tries = [refresh(http, ann.refresh_token) for _ in range(100)]
    statuses = {answer.status_code for answer in await asyncio.gather(*tries)}
    assert statuses == {200}


async def test_limited_registrations_and_refreshes_are_recorded_too(
    http: httpx.AsyncClient,
) -> None:
    for number in range(5):
        await registered(http, f"n{number}@example.com")
    form = {"email": "n6@example.com", "password": PASSWORD}
    assert (await http.post("/v1/auth/register", json=form)).status_code == 429
    assert len(await audited("auth.rate_limited")) == 1
    for _ in range(61):
        await refresh(http, "nonsense")
    assert len(await audited("auth.rate_limited")) == 2
