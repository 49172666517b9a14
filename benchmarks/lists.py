"""What a page of each of the operators' lists costs at the server, and whether that grows.

Every sort in both directions, every filter and searches of all kinds, with a thousand users and with
a million (two million keys): the 95th of a hundred latencies of an HTTP request over one kept
connection, the client's own part included, and how many times what the same pages cost with a
thousand.
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
# The two servers are asked by turns, so often and so many requests a time.
ROUNDS, REQUESTS = 5, 20
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
    ("api-keys", {"owner": "eriksson77", "q": "deploy"}),
)


def main() -> None:
    """Print a table for each engine."""
    for engine in ("postgresql", "sqlite"):
        with ExitStack() as stack:
            servers = [_filled(stack, engine, size) for size in SIZES]
            measure(engine, *(Caller(running) for running in servers))


def _filled(stack: ExitStack, engine: str, size: int) -> Server:
    variables = stack.enter_context(database(engine))
    running = stack.enter_context(server(**variables))
    began = perf_counter()
    if engine == "sqlite":
        population.fill_sqlite(running.database.removeprefix("sqlite://"), 1, size)
    else:
        asyncio.run(population.fill_postgresql(running.database, 1, size))
    print(f"-- {engine}: {size} users in {perf_counter() - began:.0f} s", flush=True)
    return running


def measure(engine: str, few: Caller, many: Caller) -> None:
    """Print what each question costs with many users, and how many times what it costs with few."""
    searches: list[float] = []
    for kind, name, query in _questions():
        ratio, cost = _asked_by_turns(few, many, name, query)
        p95 = quantiles(cost.times, n=20)[-1]
        late = "LATE" if p95 > (100 if kind == "search" else 20) else ""
        searches += cost.times if kind == "search" else []
        print(
            f"{engine:10} {kind:6} {p95:6.1f} ms p95 {median(cost.times):6.1f} p50 "
            f"{min(cost.times):5.1f} best {ratio} {cost.rows:>3} rows "
            f"{name}?{urlencode(query)} {late}",
            flush=True,
        )
    if searches:
        print(f"{engine:10} all searches {quantiles(searches, n=20)[-1]:.1f} ms p95", flush=True)


def _asked_by_turns(
    few: Caller, many: Caller, name: str, query: dict[str, str]
) -> tuple[str, Cost]:
    """The ratio of the medians, and the cost with many users.

    There is no ratio where the page with few users holds fewer rows, so that it is not the same.
    """
    pages = few.extent(name, query)
    ratios, times = [], []
    for _ in range(ROUNDS):
        less, more = few.cost(name, query, pages), many.cost(name, query, pages)
        ratios.append(median(more.times) / median(less.times))
        times += many.cost(name, query, PAGES).times
    is_same = less.rows == more.rows
    return f"{median(ratios):5.2f}x" if is_same else "     -", Cost(times, more.rows)


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of requests, and how many rows the first page had."""

    times: list[float]
    rows: int


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

    def extent(self, name: str, query: dict[str, str]) -> int:
        """How many full pages there are, of so many as are asked in a row; at least one."""
        page, _ = self._page(name, query)
        full, pages = len(page["data"]), 1
        while page["next_cursor"] and pages < PAGES:
            page, _ = self._page(name, {**query, "cursor": page["next_cursor"]})
            if len(page["data"]) < full:
                break
            pages += 1
        return pages

    def cost(self, name: str, query: dict[str, str], pages: int) -> Cost:
        """Of a round of requests, for so many pages in a row and from the beginning again."""
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
