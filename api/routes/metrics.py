"""Owns the numbers that Prometheus collects, added up over the workers of a node."""

from __future__ import annotations

import os

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
# the variable when it is first imported; `api/__main__.py` sets it before that.
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


def count(method: str, route: str, status: int, seconds: float) -> None:
    """Note an answer. `route` is the path as the table has it: labels must stay few."""
    REQUESTS.labels(method, route, str(status)).inc()
    DURATION.labels(route).observe(seconds)


def exposition() -> bytes:
    """All numbers in Prometheus's text format."""
    if DIRECTORY_VARIABLE not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
