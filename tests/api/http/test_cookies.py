from __future__ import annotations

import json

import httpx
import pytest

from tests.api.clients import answering, by_hand, in_mode
from tests.api.people import log_in, me, refresh, registered
from tests.support.people import Person, bearer, claims_of

pytestmark = pytest.mark.anyio


def cookies_of(answer: httpx.Response) -> dict[str, tuple[str, set[str]]]:
    """Name to value and attributes."""
    cookies = {}
    for line in answer.headers.get_list("set-cookie"):
        named, *attributes = line.split("; ")
        name, _, value = named.partition("=")
        cookies[name] = (value, set(attributes))
    return cookies


ACCESS = {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=900"}
REFRESH = {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"}


async def test_every_way_in_sets_both_cookies(http: httpx.AsyncClient, ann: Person) -> None:
    form = {"email": "new@example.com", "password": "correct horse battery"}
    for answer in (
        await http.post("/v1/auth/register", json=form),
        await log_in(http),
        await refresh(http, ann.refresh_token),
    ):
        body = answer.json()
        assert cookies_of(answer) == {
            "access_token": (body["access_token"], ACCESS),
            "refresh_token": (body["refresh_token"], REFRESH),
        }


async def test_behind_https_the_cookies_are_secure(database_url: str) -> None:
    settings = in_mode(database_url, "full", AUTH_BASE_URL="https://auth.test/api")
    async with answering(settings) as http:
        await registered(http)
        answer = await log_in(http)
        assert cookies_of(answer)["access_token"][1] == ACCESS | {"Secure"}
        assert cookies_of(answer)["refresh_token"][1] == REFRESH | {"Secure"}
        cleared = await http.post("/v1/auth/logout")
    for line in cleared.headers.get_list("set-cookie"):
        assert {"Secure", "HttpOnly", "Max-Age=0"} <= set(line.split("; "))


async def test_the_cookies_live_as_long_as_the_tokens(database_url: str) -> None:
    settings = in_mode(
        database_url,
        "full",
        AUTH_JWT_ACCESS_TOKEN_LIFETIME="60",
        AUTH_JWT_REFRESH_TOKEN_LIFETIME="7200",
    )
    async with answering(settings) as http:
        await registered(http)
        cookies = cookies_of(await log_in(http))
    assert "Max-Age=60" in cookies["access_token"][1]
    assert "Max-Age=7200" in cookies["refresh_token"][1]


async def test_a_refusal_sets_no_cookies(http: httpx.AsyncClient) -> None:
    for answer in (await log_in(http), await refresh(http, "nonsense")):
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers


async def test_a_remembered_cookie_is_found_wherever_the_browser_puts_it(
    http: httpx.AsyncClient, ann: Person
) -> None:
    await me(http, {"Cookie": f"access_token={ann.access_token}"})
    ours = f"access_token={ann.access_token}"
    for sent in (f"a=1; {ours}", f"{ours}; b=2", f"a=1;{ours};b=2", f"a=access_token; {ours}"):
        assert (await me(http, {"Cookie": sent})).status_code == 200, sent


@pytest.mark.parametrize("sent", ["not_access_token={}", "a=access_token={}", "access_token2={}"])
async def test_a_remembered_token_in_another_cookie_opens_nothing(
    http: httpx.AsyncClient, ann: Person, sent: str
) -> None:
    assert (await me(http, ann.bearer)).status_code == 200
    assert (await me(http, {"Cookie": sent.format(ann.access_token)})).status_code == 401


DIFFERENT = [
    "access_token={ann}; access_token={bob}",
    "access_token={bob}; access_token={ann}",
    "access_token={ann};access_token=",
    "access_token =nonsense; access_token={ann}",
    'access_token="{bob}"; access_token={ann}',
]


@pytest.mark.parametrize("sent", DIFFERENT)
@pytest.mark.parametrize("path", ["/v1/auth/me", "/v1/auth/verify", "/api/v1/auth/sessions"])
async def test_two_cookies_that_differ_are_nobody_s_and_are_taken_back(
    http: httpx.AsyncClient, ann: Person, bob: Person, sent: str, path: str
) -> None:
    for person in (ann, bob):
        assert (await me(http, person.bearer)).status_code == 200
    both = sent.format(ann=ann.access_token, bob=bob.access_token)
    answer = await http.get(path, headers={"Cookie": both})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    cleared = {
        line.partition("=")[0] + line.partition("Path=")[2].partition(";")[0]
        for line in answer.headers.get_list("set-cookie")
    }
    for name in ("access_token", "refresh_token"):
        for place in ("/", "/v1", "/v1/auth", "/api", "/api/v1/auth"):
            assert name + place in cleared
    assert all("Max-Age=0" in line for line in answer.headers.get_list("set-cookie"))


async def test_two_lines_of_cookies_are_one(
    http: httpx.AsyncClient, ann: Person, bob: Person
) -> None:
    for person in (ann, bob):
        assert (await me(http, person.bearer)).status_code == 200
    lines = [("Cookie", f"access_token={p.access_token}") for p in (ann, bob)]
    assert (await http.get("/v1/auth/me", headers=lines)).status_code == 401
    lines = [("Cookie", "a=b"), lines[0]]
    assert (await http.get("/v1/auth/me", headers=lines)).status_code == 200


async def test_a_prefixed_cookie_does_not_stand_before_ours(
    http: httpx.AsyncClient, ann: Person, bob: Person
) -> None:
    # Another host of the domain can set the second of these; Sanic would take it for ours.
    for prefix in ("__Host-", "__Secure-"):
        sent = f"{prefix}access_token={bob.access_token}; access_token={ann.access_token}"
        assert (await me(http, {"Cookie": sent})).json()["email"] == ann.email


@pytest.mark.parametrize("sent", ["{0}; {0}", '{0}; access_token="{1}"'])
async def test_two_cookies_that_are_equal_are_fine(
    http: httpx.AsyncClient, ann: Person, sent: str
) -> None:
    both = sent.format(f"access_token={ann.access_token}", ann.access_token)
    assert (await me(http, {"Cookie": both})).status_code == 200


async def test_a_header_decides_whatever_cookies_there_are(
    http: httpx.AsyncClient, ann: Person, bob: Person
) -> None:
    both = f"access_token={ann.access_token}; access_token={bob.access_token}"
    assert (await me(http, {"Cookie": both, **bob.bearer})).json()["email"] == bob.email


async def test_two_refresh_cookies_that_differ_refresh_nothing(
    http: httpx.AsyncClient, ann: Person, bob: Person
) -> None:
    both = {"Cookie": f"refresh_token={ann.refresh_token}; refresh_token={bob.refresh_token}"}
    answer = await http.post("/v1/auth/refresh", headers=both)
    assert (answer.status_code, answer.json()["error"]) == (401, "Invalid refresh token")
    assert "Path=/api/v1/auth" in str(answer.headers.get_list("set-cookie"))
    for person in (ann, bob):
        assert (await refresh(http, person.refresh_token)).status_code == 200
    same = {"Cookie": f"refresh_token={ann.refresh_token}; refresh_token={ann.refresh_token}"}
    assert (await http.post("/v1/auth/refresh", headers=same)).status_code == 200


async def test_a_log_out_with_cookies_that_differ_ends_both_and_takes_all_back(
    http: httpx.AsyncClient, ann: Person, bob: Person
) -> None:
    both = {"Cookie": f"refresh_token={ann.refresh_token}; refresh_token={bob.refresh_token}"}
    answer = await http.post("/v1/auth/logout", headers=both)
    assert answer.status_code == 200
    assert "Path=/api/v1/auth" in str(answer.headers.get_list("set-cookie"))
    for person in (ann, bob):
        assert (await me(http, person.bearer)).status_code == 401


async def test_a_cookie_of_backslashes_is_nobody(http: httpx.AsyncClient, ann: Person) -> None:
    # Sanic takes half a second to find that these escape nothing.
    slow = "x=" + '"' + "\\a" * 3000 + '"'
    answer = await me(http, {"Cookie": slow})
    assert answer.status_code == 401
    answer = await me(http, {"Cookie": f"{slow}; access_token={ann.access_token}"})
    assert answer.status_code == 200


async def test_the_longest_names_and_roles_fit_into_a_cookie(
    http: httpx.AsyncClient, database_url: str
) -> None:
    email = "é" * 118 + "@example.org"
    ann = await registered(http, email, "🦊" * 200)
    roles = [f"{number:x<32}" for number in range(32)]
    await by_hand(database_url, "UPDATE users SET roles = ?", json.dumps(roles))
    answer = await log_in(http, email)
    assert all(len(cookie) < 4096 for cookie in answer.headers.get_list("set-cookie"))
    claims = claims_of(answer.json()["access_token"])
    assert (claims["email"], claims["name"]) == (email, "🦊" * 200)
    assert claims["roles"] == roles
    assert (await me(http, bearer(answer.json()["access_token"]))).json()["id"] == ann.id


@pytest.mark.parametrize("role", ["r" * 300, "🦊" * 60])
async def test_what_was_written_by_hand_fits_too(
    http: httpx.AsyncClient, ann: Person, database_url: str, role: str
) -> None:
    await by_hand(database_url, "UPDATE users SET roles = ?", json.dumps(["user", *[role] * 200]))
    answer = await log_in(http)
    assert all(len(cookie) < 4096 for cookie in answer.headers.get_list("set-cookie"))
    assert claims_of(answer.json()["access_token"])["roles"][0] == "user"
    assert len((await me(http, bearer(answer.json()["access_token"]))).json()["roles"]) == 201
