"""Workers that count failed sign-ins together, by themselves and in Redis."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.callers import newcomer, one_client_a_worker
from tests.support.people import PASSWORD
from tests.support.processes import START_SECONDS, Server, environment, eventually
from tests.support.redis import require_redis


@pytest.fixture(params=["memory", "redis"])
def storage_url(request: pytest.FixtureRequest) -> str:
    return require_redis() if request.param == "redis" else "memory://"


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


@pytest.mark.parametrize("storage_url", ["memory"], indirect=True)
def test_a_worker_that_dies_takes_no_count_with_it(server: Server) -> None:
    form = {"email": f"{uuid.uuid4().hex}@example.com", "password": "wrong words"}
    with one_client_a_worker(server, each=5) as clients:
        for http in clients:
            assert http.post("/v1/auth/login", json=form).status_code == 401
    dead = server.worker_pids
    for pid in dead:
        server.kill(pid)
    eventually(lambda: not set(dead) & set(server.pids), START_SECONDS)
    server.wait_until_all_serve()
    with server.client() as http:
        assert http.post("/v1/auth/login", json=form).status_code == 429
