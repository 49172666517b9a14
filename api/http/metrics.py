"""The numbers that Prometheus collects, summed over the workers of a node."""

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
# The directory in which the workers keep their numbers, so that each can answer for all. The
# library reads the variable on import; `api/server/start.py` sets it before that.
DIRECTORY_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
# Bounds in seconds: a checked request takes under a millisecond, a sign-in a quarter of a second.
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
    """Counts an answer and its time; `route` is the path in the table, so that labels are few."""
    REQUESTS.labels(method, route, str(status)).inc()
    DURATION.labels(route).observe(seconds)


def count_quietly(method: str, route: str) -> None:
    """Counts a successful check without its time, because measuring would take part of it."""
    _quiet[method, route] += 1


def _write_quiet() -> None:
    for (method, route), number in _quiet.items():
        REQUESTS.labels(method, route, "200").inc(number)
    _quiet.clear()


async def keep_writing() -> None:
    """Writes the quiet counts once a second, so that every worker can answer for all."""
    while True:
        await asyncio.sleep(1)
        _write_quiet()


def exposition() -> bytes:
    """All numbers in the text format of Prometheus, summed over the workers."""
    _write_quiet()
    if DIRECTORY_VARIABLE not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
