"""Two workers behind a pooler that mixes the statements and the sessions of its clients."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from api.settings.database_url import DatabaseUrl
from models import database, schema
from models.locks import exclusive, held_if_free
from tests.support.callers import new_key, newcomer
from tests.support.databases import execute, postgresql_database
from tests.support.people import Person
from tests.support.poolers import transaction_pooler
from tests.support.processes import Server, environment

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CLIENTS, ROUNDS = 12, 6
OPTION = "prepared_statements=off"


@pytest.fixture
def url(postgresql_template: str) -> Iterator[str]:
    with postgresql_database(postgresql_template) as name:
        yield name


@asynccontextmanager
async def serving(url: str, folder: Path) -> AsyncIterator[tuple[Server, httpx.AsyncClient]]:
    with Server(environment(url), folder).start() as server:
        await asyncio.to_thread(server.wait_until_all_serve)
        # A connection each, so that both workers are asked.
        limits = httpx.Limits(max_keepalive_connections=0)
        async with httpx.AsyncClient(
            base_url=server.url, timeout=30, limits=limits, verify=False, trust_env=False
        ) as http:
            yield server, http


async def use(http: httpx.AsyncClient, number: int, statuses: Counter[int]) -> None:
    """Register, then read, write and refresh by turns."""
    form = {"email": f"user{number}@example.com", "password": "correct horse battery"}
    origin = {"X-Forwarded-For": f"192.0.2.{number + 1}"}
    answer = await http.post("/v1/auth/register", json=form, headers=origin)
    statuses[answer.status_code] += 1
    if answer.status_code != 201:
        return
    tokens = answer.json()
    for _ in range(ROUNDS):
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        me = await http.get("/v1/auth/me", headers=bearer)
        assert me.status_code == 503 or me.json()["email"] == form["email"]
        key = await http.post("/v1/auth/api-keys", json={"name": "k"}, headers=bearer)
        form_of_refresh = {"refresh_token": tokens["refresh_token"]}
        refreshed = await http.post("/v1/auth/refresh", json=form_of_refresh)
        statuses.update(answer.status_code for answer in (me, key, refreshed))
        tokens = refreshed.json() if refreshed.status_code == 200 else tokens


async def used(http: httpx.AsyncClient) -> Counter[int]:
    statuses: Counter[int] = Counter()
    await asyncio.gather(*(use(http, number, statuses) for number in range(CLIENTS)))
    return statuses


async def test_without_prepared_statements_everybody_is_served(url: str, tmp_path: Path) -> None:
    with transaction_pooler(url) as through:
        async with serving(f"{through}?{OPTION}", tmp_path) as (server, http):
            assert set(await used(http)) == {200, 201}
            assert "does not exist" not in server.stderr


async def test_the_database_is_asked_at_every_request(url: str, tmp_path: Path) -> None:
    with transaction_pooler(url) as through:
        async with serving(f"{through}?{OPTION}", tmp_path) as (server, http):
            person: Person = await asyncio.to_thread(newcomer, server)
            key = (await asyncio.to_thread(new_key, server, person))["key"]
            headers = ({"Authorization": key}, person.bearer)
            for _ in range(10):
                assert (await http.get("/ready")).json()["changes"] == "asking"
                statuses = [(await http.get("/v1/auth/me", headers=h)).status_code for h in headers]
                assert statuses == [200, 200]
            # Past the pooler, as an operator does.
            await execute(url, "DELETE FROM api_keys; DELETE FROM refresh_tokens")
            for one in headers * 6:
                assert (await http.get("/v1/auth/me", headers=one)).status_code == 401


async def test_with_them_the_answer_is_503_and_the_log_names_the_option(
    url: str, tmp_path: Path
) -> None:
    with transaction_pooler(url) as through:
        async with serving(through, tmp_path) as (server, http):
            statuses = await used(http)
            assert set(statuses) <= {200, 201, 503}, server.stderr
            assert statuses[503]
            # Once a worker, not at every request.
            assert 1 <= server.stderr.count(OPTION) <= server.workers
            # Nothing was run that somebody else had prepared.
            assert "bind message supplies" not in server.stderr


@pytest.fixture
def empty_url() -> Iterator[str]:
    with postgresql_database() as name:
        yield name


async def test_migrations_and_locks_hold_through_it(empty_url: str) -> None:
    with transaction_pooler(empty_url) as through:
        url = DatabaseUrl.parse(f"{through}?{OPTION}")
        assert await schema.migrate(url)
        async with database.opened(url):
            assert (await schema.status()).is_current
            async with held_if_free(url, "purge") as is_first, held_if_free(url, "purge") as second:
                assert (is_first, second) == (True, False)
            # It goes once PostgreSQL has noticed that the connection went.
            async with asyncio.timeout(20), exclusive(url, "purge"):
                pass
