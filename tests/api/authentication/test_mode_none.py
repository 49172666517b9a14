from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from models import ANONYMOUS_ID, User
from tests.api.clients import answering, by_hand, in_mode
from tests.api.people import log_in, me, refusal, registered
from tests.support.people import bearer

pytestmark = pytest.mark.anyio

KEYS = "/v1/auth/api-keys"
ANONYMOUS = "00000000-0000-0000-0000-000000000001"
CROSS_SITE = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture
async def open_door(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with answering(in_mode(database_url, "none")) as client:
        yield client


async def test_everybody_is_the_anonymous_operator(
    open_door: httpx.AsyncClient,
) -> None:
    for headers in ({}, bearer("nonsense"), {"Authorization": "evr_x"}):
        answer = await me(open_door, headers)
        assert list(answer.json().items()) == [
            ("id", ANONYMOUS),
            ("email", "anonymous@local"),
            ("name", "Anonymous"),
            ("roles", ["admin"]),
            ("avatar_url", None),
            ("email_verified", answer.json()["email_verified"]),
        ]
    row = await User.by_id(ANONYMOUS_ID)
    assert row is not None and row.email == "anonymous@local"


async def test_verify_says_that_nobody_had_to_prove_anything(
    open_door: httpx.AsyncClient,
) -> None:
    answer = await open_door.get("/v1/auth/verify?role=admin&scope=anything")
    assert answer.status_code == 200
    assert answer.headers["x-auth-method"] == "none"
    assert answer.headers["x-auth-scopes"] == "*"
    assert answer.headers["x-auth-roles"] == "admin"
    assert answer.headers["x-auth-user-id"] == ANONYMOUS


async def test_nobody_signs_in_or_registers(open_door: httpx.AsyncClient) -> None:
    answer = await log_in(open_door)
    assert refusal(answer) == (401, "Password authentication is disabled")
    form = {"email": "ann@example.com", "password": "correct horse battery"}
    answer = await open_door.post("/v1/auth/register", json=form)
    assert refusal(answer) == (403, "Registration is disabled")


async def test_a_row_that_was_deleted_is_made_anew(
    open_door: httpx.AsyncClient, database_url: str
) -> None:
    await by_hand(database_url, "DELETE FROM users")
    assert (await me(open_door, {})).json()["id"] == ANONYMOUS


async def test_only_local_names_and_its_own_reach_it(database_url: str) -> None:
    settings = in_mode(
        database_url,
        "none",
        AUTH_HOST="192.0.2.7",
        AUTH_BASE_URL="https://auth.example.com/api",
    )
    good = ["localhost", "localhost:9300", "LOCALHOST", "127.0.0.1:9300", "127.8.8.8"]
    good += ["[::1]:9300", "[::1]", "192.0.2.7:9300", "auth.example.com"]
    bad = ["evil.example", "127.0.0.1.evil.example", "192.0.2.8", "auth.test", "x"]
    bad += ["localhost.evil.example", "auth.example.com.evil.example", "[::2]", "::"]
    async with answering(settings) as http:
        for host in [*good, *bad]:
            answer = await me(http, {"Host": host})
            assert answer.status_code == (200 if host in good else 403), host
            assert (await http.get("/health", headers={"Host": host})).status_code == 200


async def test_every_guarded_and_public_path_holds_the_host_rule(
    open_door: httpx.AsyncClient,
) -> None:
    foreign = {"Host": "evil.example"}
    for method, path in (
        ("GET", "/v1/auth/config"),
        ("GET", "/v1/auth/verify"),
        ("GET", "/api/v1/auth/me"),
        ("POST", "/v1/auth/logout"),
        ("POST", KEYS),
        ("GET", "/metrics"),
    ):
        answer = await open_door.request(method, path, headers=foreign)
        assert answer.status_code == 403, path
        assert answer.headers["content-type"] == "application/problem+json"


async def test_the_browser_rule_holds_for_every_write(
    open_door: httpx.AsyncClient,
) -> None:
    for extra in ({}, {"Authorization": "Bearer x"}, {"Authorization": "evr_x"}):
        headers = {**CROSS_SITE, **extra}
        for method, path in (
            ("POST", KEYS),
            ("DELETE", f"{KEYS}/{ANONYMOUS}"),
            ("PATCH", "/v1/auth/me"),
            ("DELETE", "/v1/auth/sessions"),
        ):
            answer = await open_door.request(method, path, headers=headers)
            assert answer.status_code == 403, path
    assert (await me(open_door, CROSS_SITE)).status_code == 200
    verified = await open_door.post("/v1/auth/verify", headers=CROSS_SITE)
    assert verified.status_code == 200
    same = {"Sec-Fetch-Site": "same-origin", "Origin": "http://auth.test"}
    answer = await open_door.post(KEYS, json={"name": "k"}, headers=same)
    assert answer.status_code == 201


async def test_a_key_made_here_is_dead_in_the_other_modes(database_url: str) -> None:
    async with answering(in_mode(database_url, "none")) as http:
        made = (await http.post(KEYS, json={"name": "k"})).json()
        (row,) = (await http.get(KEYS)).json()
        assert row["id"] == made["id"]
    for mode in ("full", "admin"):
        async with answering(in_mode(database_url, mode)) as http:
            answer = await me(http, bearer(made["key"]))
            assert refusal(answer) == (401, "Invalid API key")


async def test_the_anonymous_row_opens_nothing_in_mode_full(database_url: str) -> None:
    async with answering(in_mode(database_url, "none")):
        pass
    async with answering(in_mode(database_url, "full")) as http:
        ann = await registered(http)
        take = "UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE email = ?)"
        await by_hand(database_url, take, "ann@example.com")
        assert (await log_in(http, "anonymous@local")).status_code == 401
        steal = "UPDATE refresh_tokens SET user_id = ?"
        await by_hand(database_url, steal, ANONYMOUS)
        assert (await me(http, ann.bearer)).status_code == 401
