"""What signing in gives works on every worker, and so does what takes it away."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from tests.support.callers import (
    any_address,
    me,
    me_everywhere,
    new_key,
    newcomer,
    one_client_a_worker,
)
from tests.support.databases import execute
from tests.support.people import PASSWORD
from tests.support.processes import Server

HEADER_FORMS = ("Bearer {}", "ApiKey {}", "{}")


def test_every_worker_serves(server: Server) -> None:
    with one_client_a_worker(server, each=10) as clients:
        for path in ("/health", "/ready", "/api/v1/auth/config"):
            assert {http.get(path).status_code for http in clients} == {200}


def test_a_sign_in_on_one_worker_holds_on_all(server: Server) -> None:
    person = newcomer(server)
    form = {"email": person.email.upper(), "password": PASSWORD}
    with server.client(any_address()) as http:
        token = http.post("/v1/auth/login", json=form).json()["access_token"]
    with one_client_a_worker(server) as clients:
        for http in clients:
            assert me(http, {"Authorization": f"Bearer {token}"}) == 200
            assert me(http, {"Cookie": f"access_token={token}"}) == 200


def test_a_key_opens_in_each_form_on_every_worker(server: Server) -> None:
    key = new_key(server, newcomer(server))["key"]
    with one_client_a_worker(server) as clients:
        for http in clients:
            for form in HEADER_FORMS:
                assert me(http, {"Authorization": form.format(key)}) == 200


def test_a_key_revoked_through_the_api_is_refused_everywhere_at_once(server: Server) -> None:
    person = newcomer(server)
    made = new_key(server, person)
    headers = {"Authorization": f"ApiKey {made['key']}"}
    with one_client_a_worker(server) as clients:
        assert [me(http, headers) for http in clients] == [200, 200]
        path = f"/v1/auth/api-keys/{made['id']}"
        assert clients[0].delete(path, headers=person.bearer).status_code == 204
        let_it_be_heard(server)
        assert [me(http, headers) for http in clients] == [401, 401]
    assert me_everywhere(server, headers) == {401}


@pytest.mark.anyio
async def test_a_key_deleted_by_hand_is_refused_everywhere_at_once(server: Server) -> None:
    made = new_key(server, newcomer(server))
    headers = {"Authorization": made["key"]}
    with one_client_a_worker(server) as clients:
        assert [me(http, headers) for http in clients] == [200, 200]
        await by_hand(server, "DELETE FROM api_keys WHERE id = ?", made["id"])
        assert [me(http, headers) for http in clients] == [401, 401]
    assert me_everywhere(server, headers) == {401}


@pytest.mark.anyio
async def test_sessions_deleted_by_hand_are_refused_everywhere_at_once(server: Server) -> None:
    person = newcomer(server)
    with one_client_a_worker(server) as clients:
        assert [me(http, person.bearer) for http in clients] == [200, 200]
        await by_hand(server, "DELETE FROM refresh_tokens WHERE user_id = ?", person.id)
        assert [me(http, person.bearer) for http in clients] == [401, 401]
        form = {"refresh_token": person.refresh_token}
        assert clients[1].post("/v1/auth/refresh", json=form).status_code == 401


@pytest.mark.anyio
async def test_a_user_disabled_by_hand_is_out_everywhere_at_once(server: Server) -> None:
    person = newcomer(server)
    key = {"Authorization": new_key(server, person)["key"]}
    with one_client_a_worker(server) as clients:
        assert {me(http, shown) for http in clients for shown in (person.bearer, key)} == {200}
        statement = "UPDATE users SET disabled_at = CURRENT_TIMESTAMP WHERE id = ?"
        await by_hand(server, statement, person.id)
        assert {me(http, shown) for http in clients for shown in (person.bearer, key)} == {401}


def test_fifty_refreshes_at_once_give_one_lineage_and_no_error(server: Server) -> None:
    person = newcomer(server)
    start = Barrier(50)

    def refresh(http: httpx.Client) -> httpx.Response:
        start.wait(20)
        return http.post("/v1/auth/refresh", json={"refresh_token": person.refresh_token})

    with one_client_a_worker(server, each=25) as clients, ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(refresh, clients))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["refresh_token"] for answer in answers}) == 1
        sessions = clients[0].get("/v1/auth/sessions", headers=person.bearer)
    assert len(sessions.json()) == 1


async def by_hand(server: Server, statement: str, identity: str) -> None:
    url = server.env["DATABASE_URL"]
    if url.startswith("sqlite://"):
        await execute(url, statement, identity)
    else:
        await execute(url, statement.replace("?", "$1"), uuid.UUID(identity))
    let_it_be_heard(server)


def let_it_be_heard(server: Server) -> None:
    """SQLite has no window at all; PostgreSQL's is the delivery of one notification."""
    if not server.env["DATABASE_URL"].startswith("sqlite://"):
        time.sleep(0.5)
