"""PostgreSQL freezes for longer than the grace while sessions are refreshed: nobody is signed out."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.callers import newcomer
from tests.support.databases import postgresql_database
from tests.support.processes import Server, environment
from tests.support.proxies import proxied

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CLIENTS = 8
# Longer than a statement may take, so that refreshes are answered with 503.
SILENCE_SECONDS = 6.5


@pytest.fixture
def url(postgresql_template: str) -> Iterator[str]:
    with postgresql_database(postgresql_template) as name:
        yield name


async def keep_refreshing(server: Server, token: str, is_over: asyncio.Event) -> Counter[int]:
    """Exchange the token again and again, and try the same one again where that failed."""
    statuses: Counter[int] = Counter()
    async with httpx.AsyncClient(base_url=server.url, timeout=30, trust_env=False) as http:
        status = 0
        while not (is_over.is_set() and status == 200):
            answer = await http.post("/v1/auth/refresh", json={"refresh_token": token})
            status = answer.status_code
            statuses[status] += 1
            if status == 401:
                break
            token = answer.json().get("refresh_token", token)
            await asyncio.sleep(0.02 if status == 200 else 0.3)
    return statuses


async def test_nobody_is_signed_out(url: str, tmp_path: Path) -> None:
    async with proxied(url) as (proxy, through):
        env = environment(through, AUTH_REFRESH_REUSE_GRACE="1")
        with Server(env, tmp_path).start() as server:
            await asyncio.to_thread(server.wait_until_all_serve)
            people = [await asyncio.to_thread(newcomer, server) for _ in range(CLIENTS)]
            is_over = asyncio.Event()
            tasks = [
                asyncio.create_task(keep_refreshing(server, person.refresh_token, is_over))
                for person in people
            ]
            # The silences are told apart from a worker's start.
            await asyncio.sleep(3)
            proxy.fall_silent()
            await asyncio.sleep(SILENCE_SECONDS)
            proxy.speak_again()
            is_over.set()
            statuses = sum(await asyncio.gather(*tasks), Counter[int]())
    assert statuses.keys() == {200, 503}, statuses
