from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest
from sanic import HTTPResponse, Request

from api.app import create_app
from api.settings import Settings
from tests.api.clients import by_hand, without_jar
from tests.api.people import log_in, me
from tests.support.applications import client_of, lifespan
from tests.support.people import Person

pytestmark = pytest.mark.anyio

FIELDS = ["error", "title", "status", "detail", "code"]


async def test_a_problem_has_its_fields_in_order(http: httpx.AsyncClient) -> None:
    answer = await me(http, {})
    assert answer.headers["content-type"] == "application/problem+json"
    assert list(answer.json().items()) == [
        ("error", "Authentication required"),
        ("title", "Unauthorized"),
        ("status", 401),
        ("detail", "Authentication required"),
        ("code", "unauthorized"),
    ]


async def test_every_refusal_is_a_problem(http: httpx.AsyncClient, ann: Person) -> None:
    json = {"Content-Type": "application/json"}
    for answer, status in (
        (await http.post("/v1/auth/login", content=b"{", headers=json), 400),
        (await http.get("/nothing/here"), 404),
        (await http.get("/v1/auth/sessions/x", headers=ann.bearer), 405),
        (await http.delete("/v1/auth/sessions/x", headers=ann.bearer), 404),
        (await http.post("/v1/auth/login", content=b"x"), 415),
        (await http.post("/v1/auth/login", json={}), 422),
        (await log_in(http), 200),
    ):
        assert answer.status_code == status
        if status == 200:
            continue
        body = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert list(body)[:5] == FIELDS
        assert body["status"] == status
        assert isinstance(body["error"], str) and body["error"] == body["detail"]
        assert answer.headers["x-request-id"]


ID = "0190b4c2-7d1e-7a30-8f00-0123456789ab"


async def test_a_wrong_method_is_told_the_right_ones(http: httpx.AsyncClient) -> None:
    for method, path, allowed in (
        ("GET", "/v1/auth/login", {"POST"}),
        ("POST", "/v1/auth/config", {"GET", "HEAD"}),
        ("PUT", "/v1/auth/me", {"GET", "HEAD", "PATCH"}),
        ("PATCH", "/v1/auth/api-keys", {"GET", "HEAD", "POST"}),
        ("DELETE", "/health", {"GET", "HEAD"}),
        ("PUT", f"/v1/admin/users/{ID}", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("POST", f"/v1/admin/users/{ID}/sessions", {"GET", "HEAD", "DELETE"}),
        ("OPTIONS", f"/v1/admin/sessions/{ID}", {"GET", "HEAD", "DELETE"}),
        ("POST", f"/api/v1/admin/api-keys/{ID}", {"GET", "HEAD", "DELETE"}),
    ):
        answer = await http.request(method, path)
        assert answer.status_code == 405
        assert set(answer.headers["allow"].replace(" ", "").split(",")) == allowed


async def test_codes_are_stable(http: httpx.AsyncClient, ann: Person) -> None:
    taken = {"email": ann.email, "password": "correct horse battery"}
    codes = [
        (await me(http, {"Authorization": "Bearer x"})).json()["code"],
        (await me(http, {"Authorization": "evr_x"})).json()["code"],
        (await log_in(http, password="x")).json()["code"],
        (await http.post("/v1/auth/register", json=taken)).json()["code"],
        (await http.post("/v1/auth/login", json=[])).json()["code"],
    ]
    assert codes == [
        "invalid_token",
        "invalid_api_key_format",
        "invalid_credentials",
        "email_taken",
        "invalid_request",
    ]


@pytest.fixture
async def broken(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The application with one more route, which has a bug."""

    async def fails(request: Request) -> HTTPResponse:
        raise KeyError("the inside of the server")

    app = create_app(settings)
    app.add_route(fails, "/fails", methods=["GET", "POST"])
    async with lifespan(app), client_of(app) as client:
        yield without_jar(client)


async def test_a_bug_shows_a_request_id_and_nothing_of_the_inside(
    broken: httpx.AsyncClient,
) -> None:
    for method in ("GET", "POST"):
        answer = await broken.request(method, "/fails")
        body = answer.json()
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert list(body) == [*FIELDS, "request_id"]
        assert body["request_id"] == answer.headers["x-request-id"]
        for inside in ("inside", "KeyError", "Traceback", ".py"):
            assert inside not in answer.text


async def test_answers_about_somebody_are_not_kept_by_caches(
    http: httpx.AsyncClient, ann: Person
) -> None:
    for path in ("/v1/auth/me", "/v1/auth/sessions", "/v1/auth/api-keys"):
        answer = await http.get(path, headers=ann.bearer)
        assert answer.headers["cache-control"] == "no-store"
    assert (await me(http, {})).headers["cache-control"] == "no-store"


def assert_guarded(answer: httpx.Response) -> None:
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"], answer.url
    assert answer.headers.get_list("cache-control") == ["no-store"], answer.url


async def test_answers_say_what_the_servers_clock_says(http: httpx.AsyncClient) -> None:
    for path in ("/v1/auth/config", "/v1/admin/users", "/nowhere"):
        told = parsedate_to_datetime((await http.get(path)).headers["date"])
        assert abs(datetime.now(UTC) - told) < timedelta(seconds=30)


async def test_every_answer_is_nosniff_and_no_store(
    http: httpx.AsyncClient, ann: Person, database_url: str
) -> None:
    await by_hand(database_url, "UPDATE users SET roles = '[\"admin\"]'")
    paths = ("/health", "/ready", "/metrics", "/openapi.json", "/nothing", "/v1/auth/config")
    checks = ("/v1/auth/me", "/v1/auth/me", "/v1/auth/verify", "/v1/auth/verify?role=x")
    for path in (*paths, *checks, "/v1/admin/users", "/v1/auth/oauth/google"):
        for method in ("GET", "HEAD", "OPTIONS", "PUT"):
            assert_guarded(await http.request(method, path, headers=ann.bearer))
            assert_guarded(await http.request(method, path))
    for content in (b"{", b"{}", b"x" * 70_000):
        json = {"Content-Type": "application/json"}
        assert_guarded(await http.post("/v1/auth/login", content=content, headers=json))
    assert_guarded(await http.head("/v1/admin/stream", headers=ann.bearer))
    assert_guarded(await http.delete("/v1/auth/sessions", headers=ann.bearer))


async def test_a_bug_is_answered_so_too(broken: httpx.AsyncClient) -> None:
    assert_guarded(await broken.get("/fails"))


async def test_without_a_database_it_is_answered_so_too(away: httpx.AsyncClient) -> None:
    for path in ("/ready", "/v1/auth/me"):
        answer = await away.get(path, headers={"Authorization": "evr_" + "0" * 64})
        assert answer.status_code == 503
        assert_guarded(answer)
