"""What a page of each of the operators' lists costs at the server, and whether that grows.

Every sort in both directions, every filter and searches of all kinds, with a thousand users and with
a million (two million keys): the 95th of a hundred latencies of an HTTP request over one kept
connection, the client's own part included, and the ratio of the medians. Where a thousand users do
not fill a page, the ratio is that of pages with as many rows.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
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
            filled, smaller = 0, None
            for size in SIZES:
                _fill(running.database, filled + 1, size)
                filled = size
                smaller = measure(Caller(running), f"{engine:10} {size:>9}", smaller)


def _fill(url: str, first: int, last: int) -> None:
    began = perf_counter()
    if url.startswith("sqlite://"):
        population.fill_sqlite(url.removeprefix("sqlite://"), first, last)
    else:
        asyncio.run(population.fill_postgresql(url, first, last))
    print(f"-- filled to {last} users in {perf_counter() - began:.0f} s", flush=True)


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of many requests, and how many rows the first page had."""

    times: list[float]
    rows: int

    @property
    def p50(self) -> float:
        return median(self.times)


def measure(caller: Caller, title: str, smaller: dict[str, Cost] | None) -> dict[str, Cost]:
    """Print what each question costs, beside what it costs in a smaller database; answer the costs."""
    costs = {}
    for kind, name, query in _questions():
        what = f"{name}?{urlencode(query)}"
        cost = costs[what] = caller.cost(name, query)
        ratio = "      "
        if smaller is not None:
            ratio = f"{_as_many_rows(caller, name, query, smaller[what], cost):5.2f}x"
        p95 = quantiles(cost.times, n=20)[-1]
        late = "LATE" if p95 > (100 if kind == "search" else 20) else ""
        print(
            f"{title} {kind:6} {p95:7.1f} ms p95 {cost.p50:7.1f} p50 {min(cost.times):6.1f} best "
            f"{ratio} {cost.rows:>3} rows {what} {late}",
            flush=True,
        )
    return costs


def _as_many_rows(
    caller: Caller, name: str, query: dict[str, str], smaller: Cost, cost: Cost
) -> float:
    """How many times as much a page costs as one with as many rows in the smaller database."""
    if smaller.rows < cost.rows:
        cost = caller.cost(name, {**query, "limit": str(max(smaller.rows, 1))}, pages=1)
    return cost.p50 / smaller.p50


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

    def cost(self, name: str, query: dict[str, str], *, pages: int = PAGES) -> Cost:
        """Of so many pages in a row, and from the beginning again."""
        times: list[float] = []
        cursor, rows = None, 0
        while len(times) < REQUESTS:
            page, milliseconds = self._page(
                name, {**query, **({"cursor": cursor} if cursor else {})}
            )
            rows = rows if times else len(page["data"])
            times.append(milliseconds)
            cursor = page["next_cursor"] if len(times) % pages else None
        return Cost(times, rows)

    def _page(self, name: str, query: dict[str, str]) -> tuple[dict[str, Any], float]:
        began = perf_counter()
        self._connection.request("GET", f"{ADMIN}/{name}?{urlencode(query)}", headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        milliseconds = (perf_counter() - began) * 1000
        if answer.status != 200:
            sys.exit(f"{answer.status} {body.decode()[:300]}")
        return json.loads(body), milliseconds
