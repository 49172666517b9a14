"""PostgreSQL goes away and comes back: 503 meanwhile, full service afterwards, no restart."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import httpx
import pytest

from tests.support.callers import new_key, newcomer
from tests.support.databases import execute, postgresql_database
from tests.support.people import Person
from tests.support.processes import Server, environment, eventually
from tests.support.proxies import Proxy, proxied
from tests.support.streams import streaming
from tests.support.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

# Three are promised.
BACK_SECONDS = 10.0
TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def url(postgresql_template: str) -> Iterator[str]:
    with postgresql_database(postgresql_template) as name:
        yield name


async def test_requests_get_503_while_it_is_away(url: str, tmp_path: Path) -> None:
    async with serving(url, tmp_path) as (server, proxy, person, http):
        load = asyncio.create_task(ask_for(1.5, http, person))
        await asyncio.sleep(0.5)
        await proxy.cut()
        counts = await load
        assert set(counts) <= {200, 503}, counts
        await everything_says_so(http, person)
        await proxy.open()
        await full_service(http, person)
        assert "unexpected error" not in server.stderr


async def test_requests_get_503_while_it_is_silent(url: str, tmp_path: Path) -> None:
    secret = "the-password-of-the-database"
    shown = url.replace("://postgres@", f"://postgres:{secret}@")
    async with serving(shown, tmp_path) as (server, proxy, person, http):
        await ask_for(0.3, http, person)
        proxy.fall_silent()
        # Within two seconds it is noticed, and nothing is answered from memory any more.
        await asyncio.sleep(2)
        await everything_says_so(http, person)
        proxy.speak_again()
        await full_service(http, person)
        assert secret not in server.stderr
        assert "╭" not in server.stderr, "a traceback, with the variables of the functions in it"


async def test_writes_get_503_while_it_is_away(url: str, tmp_path: Path) -> None:
    async with serving(url, tmp_path) as (_, proxy, person, http):
        await proxy.cut()
        form = {"email": person.email, "password": "correct horse battery"}
        for path in ("/v1/auth/login", "/v1/auth/register"):
            assert (await http.post(path, json=form)).status_code == 503
        form = {"refresh_token": person.refresh_token}
        assert (await http.post("/v1/auth/refresh", json=form)).status_code == 503
        await proxy.open()
        await full_service(http, person)
        # What could not be asked was not held against anybody.
        assert (await http.post("/v1/auth/refresh", json=form)).status_code == 200


async def test_connections_ended_by_the_database_are_made_anew(url: str, tmp_path: Path) -> None:
    async with serving(url, tmp_path) as (_, _proxy, person, http):
        load = asyncio.create_task(ask_for(2.0, http, person))
        await asyncio.sleep(0.5)
        await execute(url, TERMINATE)
        counts = await load
        assert set(counts) <= {200, 503}, counts
        await full_service(http, person)


async def test_after_a_failover_the_new_database_is_believed(url: str, tmp_path: Path) -> None:
    async with serving(url, tmp_path) as (server, proxy, person, http):
        await ask_for(0.3, http, person)
        await proxy.cut()
        async with replaced_by_a_copy(url) as copy:
            await execute(copy, "DELETE FROM refresh_tokens")
        await proxy.open()
        assert await first_answer(http, person) == 401
        await asyncio.to_thread(newcomer, server)
        await asyncio.to_thread(eventually, lambda: is_heard(server), BACK_SECONDS)


async def test_a_worker_may_start_while_it_is_away(url: str, tmp_path: Path) -> None:
    async with serving(url, tmp_path) as (server, proxy, person, http):
        await proxy.cut()
        killed = server.worker_pids[0]
        server.kill(killed)
        await asyncio.to_thread(eventually, lambda: killed not in server.pids, BACK_SECONDS)
        await asyncio.to_thread(server.wait_until_all_serve)
        await proxy.open()
        await full_service(http, person)


async def test_a_stop_is_obeyed_while_it_is_away(url: str, tmp_path: Path) -> None:
    async with serving(url, tmp_path) as (server, proxy, _, _http):
        proxy.fall_silent()
        assert await asyncio.to_thread(server.stop) == 0, server.stderr
        await asyncio.to_thread(server.assert_gone)


async def make_operators(url: str) -> None:
    await execute(url, """UPDATE users SET roles = '["admin"]'""")


async def test_a_listener_goes_on_where_it_was_once_it_is_back(url: str, tmp_path: Path) -> None:
    async with serving(url, tmp_path) as (server, proxy, person, http):
        await make_operators(url)
        async with streaming(server, person.bearer) as stream:
            place = (await stream.hears("listening")).id
            await proxy.cut()
            await execute(url, "DELETE FROM api_keys")
            # Whether it may still listen cannot be said now.
            await stream.ends()
            assert stream.kinds == ["listening"]
        async with streaming(server, person.bearer, after=place) as refused:
            assert refused.status == 503
        await proxy.open()
        await full_service(http, person)
        async with streaming(server, person.bearer, after=place) as again:
            await again.hears("key_revoked")
        assert "unexpected error" not in server.stderr


async def test_a_listener_hears_on_over_new_connections(url: str, tmp_path: Path) -> None:
    async with serving(url, tmp_path) as (server, _proxy, person, http):
        await make_operators(url)
        place = ""
        async with streaming(server, person.bearer) as stream:
            place = (await stream.hears("listening")).id
            await execute(url, TERMINATE)
            await execute(url, "DELETE FROM api_keys")
            await until(lambda: stream.is_over or "key_revoked" in stream.kinds)
        await full_service(http, person)
        async with streaming(server, person.bearer, after=place) as again:
            await again.hears("key_revoked")


@asynccontextmanager
async def replaced_by_a_copy(url: str) -> AsyncIterator[str]:
    """A copy of the database, to be changed in the block; afterwards it has the database's name."""
    server, _, name = url.rpartition("/")
    spare, copy = f"{server}/postgres", f"{name}_copy"
    await execute(url, TERMINATE)
    await execute(spare, f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    yield f"{server}/{copy}"
    await execute(spare, f'DROP DATABASE "{name}" WITH (FORCE)')
    await execute(spare, f'ALTER DATABASE "{copy}" RENAME TO "{name}"')


async def first_answer(http: httpx.AsyncClient, person: Person) -> int:
    """The first status that is not "the database is away"."""
    deadline = monotonic() + BACK_SECONDS
    while monotonic() < deadline:
        answer = await http.get("/v1/auth/me", headers=person.bearer)
        if answer.status_code != 503:
            return answer.status_code
        await asyncio.sleep(0.1)
    raise AssertionError("the database stayed away")


def is_heard(server: Server) -> bool:
    with server.client() as http:
        ready = http.get("/ready")
    return ready.status_code == 200 and ready.json()["changes"] == "heard"


@asynccontextmanager
async def serving(
    url: str, folder: Path
) -> AsyncIterator[tuple[Server, Proxy, Person, httpx.AsyncClient]]:
    """A server behind a proxy, somebody signed in with a key, and a client of many connections."""
    async with proxied(url) as (proxy, through):
        with Server(environment(through), folder).start() as server:
            await asyncio.to_thread(server.wait_until_all_serve)
            person = await asyncio.to_thread(newcomer, server)
            await asyncio.to_thread(new_key, server, person)
            # A connection each, so that both workers are asked.
            limits = httpx.Limits(max_keepalive_connections=0)
            async with httpx.AsyncClient(
                base_url=server.url, timeout=30, limits=limits, verify=False, trust_env=False
            ) as http:
                yield server, proxy, person, http


async def everything_says_so(http: httpx.AsyncClient, person: Person) -> None:
    """What needs the database says that it is away; what does not need it answers."""
    asked = [http.get("/v1/auth/me", headers=person.bearer) for _ in range(4)]
    *answers, ready, health = await asyncio.gather(*asked, http.get("/ready"), http.get("/health"))
    assert [answer.status_code for answer in answers] == [503] * 4
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in (*answers, ready))
    assert (ready.status_code, health.status_code) == (503, 200)


async def ask_for(seconds: float, http: httpx.AsyncClient, person: Person) -> Counter[int]:
    """How often each status was answered to four callers at once."""
    statuses: Counter[int] = Counter()
    deadline = monotonic() + seconds

    async def ask() -> None:
        while monotonic() < deadline:
            answer = await http.get("/v1/auth/me", headers=person.bearer)
            statuses[answer.status_code] += 1

    await asyncio.gather(*(ask() for _ in range(4)))
    return statuses


async def full_service(http: httpx.AsyncClient, person: Person) -> None:
    """Within the bound, twenty requests in a row are answered as if nothing had been."""
    deadline = monotonic() + BACK_SECONDS
    in_a_row = 0
    while in_a_row < 20:
        assert monotonic() < deadline, f"{in_a_row} in a row"
        answer = await http.get("/v1/auth/me", headers=person.bearer)
        assert answer.status_code in (200, 503), answer.text
        in_a_row = in_a_row + 1 if answer.status_code == 200 else 0
    assert (await http.get("/ready")).status_code == 200
