"""How long a revoked credential is still let in, after the revoking answer.

SQLite: one node of two workers. PostgreSQL: two nodes of two workers each. A storm of checks runs
against every worker while sessions are ended through the API and with a line of SQL.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import ExitStack
from statistics import median
from typing import Any

import asyncpg
import httpx

from benchmarks.checks import database
from benchmarks.servers import EMAIL, PASSWORD, Server, server

ROUNDS = 30
CLIENTS_A_NODE = 8


def main() -> None:
    """Print, for each engine and each way, how late the last accepted request was sent."""
    for engine, nodes in (("sqlite", 1), ("postgresql", 2)):
        with ExitStack() as stack:
            variables = stack.enter_context(database(engine))
            servers = [stack.enter_context(server(workers=2, **variables)) for _ in range(nodes)]
            # One database for both nodes, also where the first one made it.
            url = servers[0].database
            for way in ("API", "SQL"):
                lates = [asyncio.run(_round(servers, url, way)) for _ in range(ROUNDS)]
                accepted = sum(count for count, _ in lates)
                latest = max(late for _, late in lates) * 1000
                usual = median(late for _, late in lates) * 1000
                print(
                    f"{engine}, {nodes} node(s) of 2 workers, by {way}: {accepted} accepted after "
                    f"the answer in {ROUNDS} rounds; the last one sent {latest:.1f} ms after it "
                    f"(median {usual:.1f} ms)",
                    flush=True,
                )


async def _round(servers: list[Server], url: str, way: str) -> tuple[int, float]:
    """Revoke once under load; (accepted requests that were sent after it, how late the last)."""
    async with httpx.AsyncClient(base_url=servers[0].url) as client:
        sent = {"email": EMAIL, "password": PASSWORD}
        token = (await client.post("/v1/auth/login", json=sent)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    accepted: list[float] = []
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for node in servers:
            for _ in range(CLIENTS_A_NODE):
                group.create_task(_check(node.url, headers, accepted, stop))
        await asyncio.sleep(0.3)
        revoked_at = await _revoke(servers[0].url, url, headers, way)
        await asyncio.sleep(0.3)
        stop.set()
    late = [at - revoked_at for at in accepted if at > revoked_at]
    return len(late), max(late, default=0.0)


async def _check(
    url: str, headers: dict[str, str], accepted: list[float], stop: asyncio.Event
) -> None:
    """Ask over and over, a connection each time, so that every worker is asked."""
    while not stop.is_set():
        async with httpx.AsyncClient(base_url=url, verify=False) as client:
            for _ in range(5):
                at = time.perf_counter()
                if (await client.get("/v1/auth/verify", headers=headers)).is_success:
                    accepted.append(at)


async def _revoke(url: str, database_url: str, headers: dict[str, str], way: str) -> float:
    """End the session; the moment when whoever did it had the answer."""
    if way == "API":
        async with httpx.AsyncClient(base_url=url, verify=False) as client:
            (await client.post("/v1/auth/logout", headers=headers)).raise_for_status()
            return time.perf_counter()
    await _execute(database_url, "DELETE FROM refresh_tokens")
    return time.perf_counter()


async def _execute(url: str, statement: str) -> Any:
    if url.startswith("sqlite://"):
        with sqlite3.connect(url.removeprefix("sqlite://"), timeout=10) as connection:
            connection.execute(statement)
        connection.close()
        return
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()
