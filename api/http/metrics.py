"""Owns the numbers that Prometheus collects, added up over the workers of a node."""

from __future__ import annotations

import asyncio
import os
from collections import Counter as Tally

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST
# Where the workers keep their numbers, so that any of them can answer for all. The library reads
# the variable when it is first imported; `api/server/start.py` sets it before that.
DIRECTORY_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
# Seconds: a checked request takes under a millisecond, a sign-in a quarter of a second.
_BUCKETS = (
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    10.0,
)

REQUESTS = Counter(
    "everruns_auth_requests",
    "Requests that were answered.",
    ["method", "route", "status"],
)
DURATION = Histogram(
    "everruns_auth_request_seconds",
    "Seconds to an answer.",
    ["route"],
    buckets=_BUCKETS,
)

_quiet: Tally[tuple[str, str]] = Tally()


def count(method: str, route: str, status: int, seconds: float) -> None:
    """Note an answer. `route` is the path as the table has it: labels must stay few."""
    REQUESTS.labels(method, route, str(status)).inc()
    DURATION.labels(route).observe(seconds)


def count_quietly(method: str, route: str) -> None:
    """Note a successful check, whose time is not measured: measuring would be a part of it."""
    _quiet[method, route] += 1


def _write_quiet() -> None:
    for (method, route), number in _quiet.items():
        REQUESTS.labels(method, route, "200").inc(number)
    _quiet.clear()


async def keep_writing() -> None:
    """Hand the quiet counts over once a second, so that every worker can answer for all."""
    while True:
        await asyncio.sleep(1)
        _write_quiet()


def exposition() -> bytes:
    """All numbers in Prometheus's text format."""
    _write_quiet()
    if DIRECTORY_VARIABLE not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
