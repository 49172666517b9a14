from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.api.clients import answering, in_mode
from tests.api.people import me, new_key, refresh, registered
from tests.support.people import Person, bearer

pytestmark = pytest.mark.anyio

APP = "https://app.example.com"
KEYS = "/v1/auth/api-keys"

# Origin, Sec-Fetch-Site, whether a write with the cookie is let in.
TABLE = [
    (None, None, True),
    (None, "same-origin", True),
    ("http://auth.test", "same-origin", True),
    ("http://auth.test", None, True),
    ("HTTP://AUTH.TEST", None, True),
    ("https://public.example.com", None, True),
    (APP, None, True),
    (APP, "same-site", True),
    (APP, "cross-site", True),
    (APP + ":444", None, False),
    ("http://app.example.com", None, False),
    (APP + ".evil.example", None, False),
    ("https://evil.example", None, False),
    ("https://evil.example", "same-site", False),
    ("https://evil.example", "cross-site", False),
    ("http://auth.test", "same-site", False),
    ("http://auth.test", "cross-site", False),
    ("http://auth.test:8080", None, False),
    ("null", None, False),
    ("null", "cross-site", False),
    ("", None, False),
    (None, "same-site", False),
    (None, "cross-site", False),
    (None, "none", False),
    (None, "nonsense", False),
]


@pytest.fixture
async def http(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = in_mode(
        database_url,
        "full",
        AUTH_BASE_URL="https://public.example.com/api",
        CORS_ALLOWED_ORIGINS=f"https://other.example.com, {APP}",
    )
    async with answering(settings) as client:
        yield client


def browser(origin: str | None, site: str | None) -> dict[str, str]:
    said = {"Origin": origin, "Sec-Fetch-Site": site}
    return {name: value for name, value in said.items() if value is not None}


async def test_a_write_with_the_cookie_needs_a_page_of_ours(
    http: httpx.AsyncClient, ann: Person
) -> None:
    for origin, site, is_let_in in TABLE:
        headers = {**ann.cookie, **browser(origin, site)}
        answer = await http.post(KEYS, json={"name": "k"}, headers=headers)
        expected = 201 if is_let_in else 403
        assert answer.status_code == expected, (origin, site)


async def test_a_refresh_with_the_cookie_needs_it_too(http: httpx.AsyncClient, ann: Person) -> None:
    for origin, site, is_let_in in TABLE:
        headers = {**ann.cookie, **browser(origin, site)}
        answer = await http.post("/v1/auth/refresh", headers=headers)
        expected = 200 if is_let_in else 403
        assert answer.status_code == expected, (origin, site)


async def test_every_kind_of_write_is_concerned(http: httpx.AsyncClient, ann: Person) -> None:
    made = await new_key(http, ann)
    headers = {**ann.cookie, **browser("https://evil.example", "cross-site")}
    for method, path in (
        ("PATCH", "/v1/auth/me"),
        ("POST", "/v1/auth/password"),
        ("DELETE", "/v1/auth/sessions"),
        ("DELETE", f"/v1/auth/sessions/{ann.session_id}"),
        ("DELETE", f"{KEYS}/{made['id']}"),
        ("POST", f"/api{KEYS}"),
    ):
        answer = await http.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    assert (await me(http, bearer(made["key"]))).status_code == 200


async def test_reading_is_not_concerned(http: httpx.AsyncClient, ann: Person) -> None:
    headers = {**ann.cookie, **browser("https://evil.example", "cross-site")}
    for path in ("/v1/auth/me", "/v1/auth/sessions", KEYS):
        assert (await http.get(path, headers=headers)).status_code == 200


async def test_a_credential_in_a_header_or_a_body_is_not_concerned(
    http: httpx.AsyncClient, ann: Person
) -> None:
    said = browser("https://evil.example", "cross-site")
    headers = {**ann.cookie, **said, **ann.bearer}
    answer = await http.post(KEYS, json={"name": "k"}, headers=headers)
    assert answer.status_code == 201
    sent = {"refresh_token": ann.refresh_token}
    answer = await http.post("/v1/auth/refresh", json=sent, headers=said)
    assert answer.status_code == 200


async def test_a_bad_cookie_is_401_before_anything_is_said_of_pages(
    http: httpx.AsyncClient,
) -> None:
    headers = browser("https://evil.example", "cross-site")
    answer = await http.post(KEYS, json={"name": "k"}, headers=headers)
    assert answer.status_code == 401


async def test_the_default_port_is_the_same_origin(database_url: str) -> None:
    settings = in_mode(database_url, "full", AUTH_BASE_URL="https://public.example.com:443")
    async with answering(settings) as client:
        ann = await registered(client)
        headers = {**ann.cookie, "Origin": "https://public.example.com"}
        answer = await client.post(KEYS, json={"name": "k"}, headers=headers)
        assert answer.status_code == 201
        assert (await refresh(client, ann.refresh_token)).status_code == 200
