"""What a page of each of the operators' lists costs at the server, and whether that grows.

Every sort in both directions, every filter and searches of all kinds, with a thousand users and with
a million (two million keys): the 95th of a hundred latencies of an HTTP request over one kept
connection, the client's own part included, and the ratio of the medians.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from benchmarks import population
from benchmarks.checks import database
from benchmarks.servers import EMAIL, PASSWORD, Server, server

SIZES = (1_000, 1_000_000)
REQUESTS = 100
# Pages in a row, from the beginning on.
PAGES = 20

SORTS = {
    "users": ("email", "name", "created_at", "last_active_at"),
    "sessions": ("created_at", "last_used_at", "expires_at"),
    "api-keys": ("name", "created_at", "last_used_at", "expires_at"),
    "audit-events": ("at",),
}
ADMIN = "/v1/admin"
FILTERS = (
    ("users", {"role": "admin"}),
    ("users", {"role": "user"}),
    ("users", {"role": "nobody"}),
    ("users", {"disabled": "true"}),
    ("users", {"disabled": "true", "sort": "-last_active_at"}),
    ("users", {"disabled": "false"}),
    ("users", {"provider": "google"}),
    ("users", {"provider": "local"}),
    ("users", {"provider": "github"}),
    ("users", {"role": "admin", "disabled": "true"}),
    ("sessions", {"status": "expired"}),
    ("sessions", {"status": "all", "sort": "expires_at"}),
    ("api-keys", {"status": "live"}),
    ("api-keys", {"status": "live", "sort": "name"}),
    ("api-keys", {"status": "expired"}),
    ("api-keys", {"status": "expired", "sort": "-created_at"}),
    ("api-keys", {"status": "never_used"}),
    ("api-keys", {"status": "never_used", "sort": "-expires_at"}),
    ("api-keys", {"status": "stale"}),
    ("api-keys", {"status": "stale", "sort": "name"}),
    ("api-keys", {"status": "stale", "stale_days": "700", "sort": "name"}),
    ("audit-events", {"action": "auth.login"}),
    ("audit-events", {"action": "auth.refresh.reuse_detected"}),
    ("audit-events", {"outcome": "failure"}),
    ("audit-events", {"action": "auth.logout", "outcome": "failure"}),
    ("audit-events", {"action": "auth.register", "outcome": "failure"}),
    ("audit-events", {"since": "2020-01-01T00:00:00Z", "until": "2021-01-01T00:00:00Z"}),
)
SEARCHES = (
    ("users", {"q": "ann"}),
    ("users", {"q": "example"}),
    ("users", {"q": "son9"}),
    ("users", {"q": "eriksson77", "sort": "-created_at"}),
    ("users", {"q": "company41.", "sort": "name"}),
    ("users", {"q": "jürgen it"}),
    ("users", {"q": "JÜRGEN", "sort": "-last_active_at"}),
    ("users", {"q": "zzzz"}),
    ("users", {"q": "a"}),
    ("users", {"q": "gr"}),
    ("users", {"q": "zq"}),
    ("users", {"q": "z"}),
    ("users", {"q": "hugo", "role": "admin"}),
    ("users", {"q": "user", "disabled": "true"}),
    ("sessions", {"q": "adams9"}),
    ("sessions", {"q": "example"}),
    ("sessions", {"q": "zzzz"}),
    ("api-keys", {"q": "deploy"}),
    ("api-keys", {"q": "deploy 7", "sort": "name"}),
    ("api-keys", {"q": "evr_1a2b"}),
    ("api-keys", {"q": "eriksson77"}),
    ("api-keys", {"q": "eriksson77", "status": "stale"}),
    ("api-keys", {"q": "example", "sort": "name"}),
    ("api-keys", {"q": "zzzz"}),
)


def main() -> None:
    """Print a table for each engine."""
    for engine in ("postgresql", "sqlite"):
        with ExitStack() as stack:
            variables = stack.enter_context(database(engine))
            running = stack.enter_context(server(**variables))
            filled, small = 0, {}
            for size in SIZES:
                _fill(running.database, filled + 1, size)
                filled = size
                small = _measure(running, engine, size, small)


def _fill(url: str, first: int, last: int) -> None:
    began = perf_counter()
    if url.startswith("sqlite://"):
        population.fill_sqlite(url.removeprefix("sqlite://"), first, last)
    else:
        asyncio.run(population.fill_postgresql(url, first, last))
    print(f"-- filled to {last} users in {perf_counter() - began:.0f} s", flush=True)


def _measure(
    running: Server, engine: str, size: int, smaller: dict[str, float]
) -> dict[str, float]:
    """Print the figures, beside the medians of the smaller size, and answer one's own."""
    caller = Caller(running)
    medians = {}
    for kind, name, query in _questions():
        times = caller.latencies(name, query)
        what = f"{name}?{urlencode(query)}"
        medians[what] = median(times)
        ratio = f"{medians[what] / smaller[what]:5.2f}x" if what in smaller else "      "
        p95 = quantiles(times, n=20)[-1]
        late = "LATE" if p95 > (100 if kind == "search" else 20) else ""
        print(
            f"{engine:10} {size:>9} {kind:6} {p95:7.1f} ms p95 {median(times):7.1f} p50 "
            f"{min(times):6.1f} best {ratio} {what} {late}",
            flush=True,
        )
    return medians


def _questions() -> Iterator[tuple[str, str, dict[str, str]]]:
    for name, sorts in SORTS.items():
        for sort in sorts:
            for sign in ("", "-"):
                yield "sort", name, {"sort": sign + sort}
    for name, query in FILTERS:
        yield "filter", name, query
    for name, query in SEARCHES:
        yield "search", name, query


class Caller:
    """An operator with one kept connection."""

    def __init__(self, running: Server) -> None:
        form = {"email": EMAIL, "password": PASSWORD}
        answer = httpx.post(f"{running.url}/v1/auth/login", json=form)
        if answer.is_error:
            sys.exit(f"cannot sign in: {answer.text}")
        self._headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        self._connection = http.client.HTTPConnection(urlsplit(running.url).netloc)

    def latencies(self, name: str, query: dict[str, str]) -> list[float]:
        """Milliseconds of many requests, page after page and from the beginning again."""
        times: list[float] = []
        cursor = None
        while len(times) < REQUESTS:
            page, milliseconds = self._page(
                name, {**query, **({"cursor": cursor} if cursor else {})}
            )
            times.append(milliseconds)
            cursor = page["next_cursor"] if len(times) % PAGES else None
        return times

    def _page(self, name: str, query: dict[str, str]) -> tuple[dict[str, Any], float]:
        began = perf_counter()
        self._connection.request("GET", f"{ADMIN}/{name}?{urlencode(query)}", headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        milliseconds = (perf_counter() - began) * 1000
        if answer.status != 200:
            sys.exit(f"{answer.status} {body.decode()[:300]}")
        return json.loads(body), milliseconds
