"""Strangers lock nobody out who sits where they always sit; operators let try again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.administration.actor import Actor
from api.administration.unblocking import unblock
from api.request_context import RequestContext
from models import KnownNetwork
from tests.api.clients import neighbour
from tests.api.people import audited, log_in
from tests.support.people import PASSWORD, Person

pytestmark = pytest.mark.anyio

WRONG = "not the password"
HOME = "2001:db8:1::1"


async def guess(http: httpx.AsyncClient, email: str, times: int) -> set[int]:
    return {(await log_in(http, email, WRONG)).status_code for _ in range(times)}


async def besieged(http: httpx.AsyncClient, email: str) -> None:
    """A hundred wrong passwords from ten networks: the account is shut to strangers."""
    for number in range(10):
        async with neighbour(http, f"198.51.100.{number}") as stranger:
            assert await guess(stranger, email, 10) == {401}


async def test_a_hundred_guesses_of_strangers_do_not_shut_out_whoever_is_known(
    http: httpx.AsyncClient, ann: Person
) -> None:
    await besieged(http, ann.email)
    async with neighbour(http, HOME) as elsewhere:
        assert (await log_in(elsewhere)).status_code == 429
    assert (await log_in(http)).status_code == 200
    change = {"current_password": PASSWORD, "new_password": "another horse battery"}
    answer = await http.post("/v1/auth/password", json=change, headers=ann.bearer)
    assert answer.status_code == 204


async def test_a_sign_in_makes_its_network_known(http: httpx.AsyncClient, ann: Person) -> None:
    async with neighbour(http, HOME) as home:
        assert (await log_in(home)).status_code == 200
    await besieged(http, ann.email)
    async with neighbour(http, "2001:db8:1::ffff") as same:
        assert (await log_in(same)).status_code == 200


async def test_neighbours_do_not_shut_out_whoever_is_known(
    http: httpx.AsyncClient, ann: Person
) -> None:
    for number in range(10):
        assert await guess(http, f"n{number}@example.com", 10) == {401}
    assert (await log_in(http, "n10@example.com", WRONG)).status_code == 429
    assert (await log_in(http)).status_code == 200


async def test_a_network_is_a_stranger_again_after_thirty_days(
    http: httpx.AsyncClient, ann: Person
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=30, seconds=1)
    await KnownNetwork.all().update(last_sign_in_at=long_ago)
    await besieged(http, ann.email)
    assert (await log_in(http)).status_code == 429


async def test_a_failure_makes_nothing_known(http: httpx.AsyncClient, ann: Person) -> None:
    async with neighbour(http, HOME) as stranger:
        await guess(stranger, ann.email, 3)
    assert {row.network for row in await KnownNetwork.all()} == {"127.0.0.1"}


@pytest.mark.parametrize("named", ["ANN@example.com ", "::ffff:127.0.0.1"])
async def test_an_operator_lets_try_again(http: httpx.AsyncClient, ann: Person, named: str) -> None:
    assert await guess(http, ann.email, 11) == {401, 429}
    await unblock(named, Actor(tool="everruns-admin"), RequestContext(datetime.now(UTC)))
    assert (await log_in(http)).status_code == 200
    lifted, _ = await audited("auth.rate_limited")
    assert (lifted.outcome, lifted.detail["by"]) == ("success", "everruns-admin")
