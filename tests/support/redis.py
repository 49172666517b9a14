"""The Redis of the tests, where there is one."""

from __future__ import annotations

import os
import random
import socket
from urllib.parse import urlsplit

import pytest

SERVER = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379")
REQUIRED = "TEST_REQUIRES_REDIS"


def require_redis() -> str:
    """The URL of one that answers; its keys are a test's own by their accounts and networks."""
    if not _answers(SERVER):
        reason = f"no Redis answers at {SERVER}"
        if os.environ.get(REQUIRED):
            pytest.fail(reason)
        pytest.skip(reason)
    return f"{SERVER}/{random.randrange(8, 16)}"


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port or 6379), timeout=2) as redis:
            redis.sendall(b"PING\r\n")
            return redis.recv(64).startswith(b"+PONG")
    except OSError:
        return False
