"""Workers that count failed sign-ins together, in Redis."""

from __future__ import annotations

import os
import random
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.callers import PASSWORD, newcomer, one_client_a_worker
from tests.support.processes import Server, environment

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379")
REQUIRED = "TEST_REQUIRES_REDIS"


@pytest.fixture
def storage_url() -> str:
    """A storage for limits that answers; its keys are the test's own by their accounts."""
    url = f"{REDIS}/{random.randrange(8, 16)}"
    if not _answers(url):
        reason = f"no Redis answers at {REDIS}"
        if os.environ.get(REQUIRED):
            pytest.fail(reason)
        pytest.skip(reason)
    return url


@pytest.fixture
def server(storage_url: str, tmp_path: Path) -> Iterator[Server]:
    env = environment(f"sqlite://{tmp_path}/new.db", AUTH_RATE_LIMIT_STORAGE=storage_url)
    with Server(env, tmp_path).start() as server:
        yield server.wait_until_all_serve()
        assert server.stop() == 0, server.stderr
        server.assert_gone()


def test_ten_failures_on_any_worker_shut_the_door_on_all(server: Server) -> None:
    person = newcomer(server)
    place = {"X-Forwarded-For": f"2001:db8:{random.randrange(65536):x}::1"}
    wrong = {"email": person.email, "password": "wrong words"}
    with one_client_a_worker(server, each=5) as clients:
        for http in clients:
            answer = http.post("/v1/auth/login", json=wrong, headers=place)
            assert answer.status_code == 401
        for http in (clients[0], clients[-1]):
            answer = http.post("/v1/auth/login", json=wrong, headers=place)
            assert answer.status_code == 429
            assert 1 <= int(answer.headers["Retry-After"]) <= 600
        right = {"email": person.email, "password": PASSWORD}
        elsewhere = {"X-Forwarded-For": f"192.0.2.{random.randrange(1, 255)}"}
        answer = clients[0].post("/v1/auth/login", json=right, headers=elsewhere)
        assert answer.status_code == 200
    assert "AUTH_RATE_LIMIT_STORAGE" not in server.stderr


def test_an_account_that_does_not_exist_is_limited_just_the_same(server: Server) -> None:
    place = {"X-Forwarded-For": f"2001:db8:{random.randrange(65536):x}::2"}
    form = {"email": f"{uuid.uuid4().hex}@example.com", "password": "wrong words"}
    with one_client_a_worker(server, each=6) as clients:
        statuses = [
            http.post("/v1/auth/login", json=form, headers=place).status_code for http in clients
        ]
    assert statuses == [401] * 10 + [429] * 2


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port or 6379), timeout=2) as redis:
            redis.sendall(b"PING\r\n")
            return redis.recv(64).startswith(b"+PONG")
    except OSError:
        return False
