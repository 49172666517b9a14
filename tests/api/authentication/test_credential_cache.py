"""What is remembered is true: nothing outlives its revocation, and the race is closed."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import anyio
import httpx
import pytest

from api.authentication.authenticator import Authenticator
from models import ApiKey, RefreshToken
from tests.api.people import registered
from tests.support.applications import all_have_heard
from tests.support.databases import execute
from tests.support.people import Person

pytestmark = pytest.mark.anyio

# Added by Sanic's own protocol, which is not in play here.
SANICS = {"connection", "content-length"}


@pytest.fixture
async def ann(http: httpx.AsyncClient) -> Person:
    person = await registered(http)
    await heard(http)
    return person


async def heard(http: httpx.AsyncClient) -> None:
    """Wait until the memory is on."""
    with anyio.fail_after(30):
        while (await http.get("/ready")).json()["changes"] != "heard":  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_remembered_credential_asks_the_database_no_more(
    http: httpx.AsyncClient, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/v1/auth/me", "/v1/auth/verify"):
        assert (await http.get(path, headers=ann.bearer)).status_code == 200

    async def asked(*_: Any) -> None:
        pytest.fail("the database was asked")

    monkeypatch.setattr(RefreshToken, "by_id", asked)
    for path in ("/v1/auth/me", "/v1/auth/verify"):
        assert (await http.get(path, headers=ann.bearer)).status_code == 200


async def test_the_remembered_answer_is_the_asked_one(
    http: httpx.AsyncClient, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/v1/auth/me", "/v1/auth/verify", "/v1/auth/verify?scope=a&role=user"):
        with monkeypatch.context() as forgetful:
            forgetful.setattr(Authenticator, "recall", lambda *_: None)
            asked = await http.get(path, headers=ann.bearer)
        remembered = [await http.get(path, headers=ann.bearer) for _ in range(2)]
        for answer in remembered:
            assert answer.status_code == asked.status_code == 200
            assert answer.content == asked.content
            assert set(answer.headers) - SANICS == set(asked.headers) - SANICS
        refused = await http.get("/v1/auth/verify?role=admin", headers=ann.bearer)
        assert refused.status_code == 403


async def test_a_read_that_began_before_a_change_is_not_remembered_after_it(
    http: httpx.AsyncClient, ann: Person, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_read, may_go_on = asyncio.Event(), asyncio.Event()
    ask = RefreshToken.by_id

    async def slowly(session_id: UUID) -> RefreshToken | None:
        row = await ask(session_id)
        has_read.set()
        await may_go_on.wait()
        return row

    monkeypatch.setattr(RefreshToken, "by_id", slowly)
    overtaken = asyncio.create_task(http.get("/v1/auth/me", headers=ann.bearer))
    await has_read.wait()
    await execute(database_url, "DELETE FROM refresh_tokens")
    await all_have_heard()
    may_go_on.set()
    assert (await overtaken).status_code == 200, "it was answered by what it read"
    assert (await http.get("/v1/auth/me", headers=ann.bearer)).status_code == 401


async def test_a_key_s_use_is_noted_from_memory_too(http: httpx.AsyncClient, ann: Person) -> None:
    made = (await http.post("/v1/auth/api-keys", json={"name": "k"}, headers=ann.bearer)).json()
    for _ in range(3):
        answer = await http.get("/v1/auth/verify", headers={"Authorization": made["key"]})
        assert answer.status_code == 200

    async def last_use() -> Any:
        key = await ApiKey.by_id(UUID(made["id"]))
        assert key is not None
        return key.last_used_at

    first = None
    while first is None:
        first = await last_use()
        await asyncio.sleep(0.05)
    await http.get("/v1/auth/verify", headers={"Authorization": made["key"]})
    while await last_use() == first:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def test_the_key_of_a_shown_form_must_fit_its_header(
    http: httpx.AsyncClient, ann: Person
) -> None:
    assert (await http.get("/v1/auth/me", headers=ann.bearer)).status_code == 200
    token = ann.bearer["Authorization"].removeprefix("Bearer ")
    as_a_key = {"Authorization": f"ApiKey {token}"}
    assert (await http.get("/v1/auth/me", headers=as_a_key)).json()["error"] == (
        "Invalid API key format"
    )


async def test_a_remembered_key_in_a_cookie_opens_nothing(
    http: httpx.AsyncClient, ann: Person
) -> None:
    made = (await http.post("/v1/auth/api-keys", json={"name": "k"}, headers=ann.bearer)).json()
    for path in ("/v1/auth/me", "/v1/auth/verify"):
        answer = await http.get(path, headers={"Authorization": made["key"]})
        assert answer.status_code == 200
        answer = await http.get(path, headers={"Cookie": f"access_token={made['key']}"})
        assert answer.status_code == 401
