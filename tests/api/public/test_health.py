from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import jwt
import pytest

import api
from tests.api.clients import answering, by_hand, in_mode, unprepared
from tests.api.people import log_in, me, refresh
from tests.support.applications import SECRET, settings_for
from tests.support.databases import copied_sqlite
from tests.support.people import bearer

pytestmark = pytest.mark.anyio

CLAIMS = {
    "sub": "01a20fdf-529d-763a-af3c-d81e7b49098b",
    "sid": "01a20fdf-529e-7459-a8ff-cb69b48172ea",
    "jti": "0" * 32,
    "iat": 1_700_000_000,
    "exp": 4_000_000_000,
}


def token(kind: str) -> str:
    """A token that the server would believe, if it could ask its database."""
    return jwt.encode({**CLAIMS, "token_type": kind}, SECRET, algorithm="HS256")


@pytest.mark.parametrize("mode", ["none", "admin", "full"])
async def test_health_names_the_mode(database_url: str, mode: str) -> None:
    async with answering(in_mode(database_url, mode)) as http:
        answer = await http.get("/health")
    assert answer.status_code == 200
    assert list(answer.json().items()) == [
        ("status", "ok"),
        ("version", api.__version__),
        ("auth_mode", mode.capitalize()),
    ]


async def test_a_server_with_a_current_database_is_ready(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.get("/ready")
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["status", "database", "migrations", "changes"]
    assert body["changes"] in ("heard", "asking")
    assert [body["status"], body["database"], body["migrations"]] == [
        "ready",
        "ok",
        "current",
    ]


async def test_a_server_without_a_memory_says_that_it_asks(database_url: str) -> None:
    settings = settings_for(database_url, AUTH_REMEMBERED_CREDENTIALS="0")
    async with answering(settings) as http:
        assert (await http.get("/ready")).json()["changes"] == "asking"


async def test_probes_may_ask_with_head(http: httpx.AsyncClient) -> None:
    for path in ("/health", "/ready"):
        answer = await http.head(path)
        assert (answer.status_code, answer.content) == (200, b"")


async def test_a_pending_migration_makes_it_unready(
    http: httpx.AsyncClient, database_url: str
) -> None:
    await by_hand(database_url, "UPDATE aerich SET app = 'elsewhere'")
    answer = await http.get("/ready")
    await by_hand(database_url, "UPDATE aerich SET app = 'models'")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "pending"


async def test_an_empty_database_is_not_ready(http: httpx.AsyncClient, database_url: str) -> None:
    await by_hand(database_url, "ALTER TABLE aerich RENAME TO forgotten")
    answer = await http.get("/ready")
    await by_hand(database_url, "ALTER TABLE forgotten RENAME TO aerich")
    assert answer.status_code == 503


async def test_without_a_database_it_lives_but_is_not_ready(
    away: httpx.AsyncClient,
) -> None:
    assert (await away.get("/health")).status_code == 200
    answer = await away.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["database"] != "ok"


async def test_trouble_in_the_database_is_503_and_never_401(
    away: httpx.AsyncClient,
) -> None:
    async with asyncio.timeout(5):
        answers = [
            await me(away, bearer(token("access"))),
            await me(away, bearer("evr_" + "0" * 64)),
            await away.get("/v1/auth/verify", headers=bearer(token("access"))),
            await refresh(away, token("refresh")),
            await log_in(away),
            await away.post("/v1/auth/logout", headers=bearer(token("access"))),
        ]
    assert [answer.status_code for answer in answers] == [503] * 6
    assert answers[0].json()["code"] == "database_unavailable"
    assert "retry-after" in answers[0].headers


async def test_it_answers_again_when_the_database_is_back(
    sqlite_template: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "later"
    url = f"sqlite://{folder}/auth.db"
    async with unprepared(settings_for(url)) as http, asyncio.timeout(5):
        assert (await http.get("/ready")).status_code == 503
        folder.mkdir()
        copied_sqlite(sqlite_template, folder)
        assert (await http.get("/ready")).status_code == 200
