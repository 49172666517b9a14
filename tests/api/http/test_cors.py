from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.api.clients import answering, in_mode
from tests.api.people import log_in, me
from tests.support.people import Person

pytestmark = pytest.mark.anyio

APP = "https://app.example.com"
EVIL = "https://evil.example"


@pytest.fixture
async def http(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    allowed = f"{APP},http://localhost:5173"
    settings = in_mode(database_url, "full", CORS_ALLOWED_ORIGINS=allowed)
    async with answering(settings) as client:
        yield client


async def preflight(http: httpx.AsyncClient, origin: str, method: str, path: str) -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    return await http.options(path, headers=headers)


def said(answer: httpx.Response) -> set[str]:
    return {name for name in answer.headers if name.startswith("access-control-")}


async def test_an_allowed_origin_may_read_answers_with_credentials(
    http: httpx.AsyncClient, ann: Person
) -> None:
    for origin in (APP, "http://localhost:5173"):
        for answer in (
            await me(http, {**ann.cookie, "Origin": origin}),
            await me(http, {"Origin": origin}),
            await http.get("/nothing", headers={"Origin": origin}),
        ):
            assert answer.headers["access-control-allow-origin"] == origin
            assert answer.headers["access-control-allow-credentials"] == "true"
            assert "origin" in answer.headers["vary"].lower()


async def test_a_preflight_allows_what_the_routes_take(
    http: httpx.AsyncClient,
) -> None:
    for method, path in (
        ("POST", "/v1/auth/login"),
        ("PATCH", "/v1/auth/me"),
        ("DELETE", "/v1/auth/sessions"),
        ("DELETE", "/api/v1/auth/api-keys/01a20fdf-529d-763a-af3c-d81e7b49098b"),
    ):
        answer = await preflight(http, APP, method, path)
        assert answer.status_code in (200, 204)
        assert answer.headers["access-control-allow-origin"] == APP
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert method in answer.headers["access-control-allow-methods"]
        allowed = answer.headers["access-control-allow-headers"].lower()
        assert "authorization" in allowed and "content-type" in allowed


async def test_other_origins_get_nothing(http: httpx.AsyncClient, ann: Person) -> None:
    for origin in (
        *(EVIL, "null", "", "*", APP + ".evil.example", "http://app.example.com"),
        *(APP + ":444", "https://xapp.example.com", "http://auth.test"),
    ):
        answer = await me(http, {**ann.bearer, "Origin": origin})
        assert said(answer) == set(), origin
        answer = await preflight(http, origin, "POST", "/v1/auth/login")
        assert said(answer) == set(), origin


async def test_a_page_of_an_allowed_origin_can_sign_in(
    http: httpx.AsyncClient, ann: Person
) -> None:
    http.headers["Origin"] = APP
    answer = await log_in(http)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == APP
    assert len(answer.headers.get_list("set-cookie")) == 2


async def test_without_the_setting_nobody_is_told_anything(database_url: str) -> None:
    async with answering(in_mode(database_url, "full")) as http:
        answer = await http.get("/v1/auth/config", headers={"Origin": APP})
        assert said(answer) == set()
        answer = await preflight(http, APP, "POST", "/v1/auth/login")
        assert said(answer) == set()


async def test_what_is_asked_beforehand_is_answered_as_everything_else(
    http: httpx.AsyncClient,
) -> None:
    answer = await preflight(http, APP, "PATCH", "/v1/auth/me")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
