from __future__ import annotations

import base64
import json

import httpx
import pytest

from tests.api.people import me, new_key, refusal, resigned
from tests.support.people import Person, bearer, claims_of

pytestmark = pytest.mark.anyio

NOTHING = (401, "Authentication required")
TOKEN = (401, "Invalid or expired token")
FORMAT = (401, "Invalid API key format")
KEY = (401, "Invalid API key")
UNKNOWN_KEY = "evr_" + "0" * 64


def unsigned(token: str) -> str:
    """The token as an attacker would write it who hopes for `alg: none`."""
    head = base64.urlsafe_b64encode(json.dumps({"typ": "JWT", "alg": "none"}).encode())
    return f"{head.decode().rstrip('=')}.{token.split('.')[1]}."


async def test_each_form_of_the_header_is_understood(http: httpx.AsyncClient, ann: Person) -> None:
    key = (await new_key(http, ann))["key"]
    for header in (
        f"Bearer {ann.access_token}",
        f"bearer {ann.access_token}",
        f"Bearer   {ann.access_token} ",
        f"Bearer {key}",
        f"BEARER {key}",
        f"ApiKey {key}",
        f"apikey {key}",
        key,
    ):
        answer = await me(http, {"Authorization": header})
        assert answer.json().get("id") == ann.id, header


async def test_the_header_comes_before_the_cookie(
    http: httpx.AsyncClient, ann: Person, bob: Person
) -> None:
    answer = await me(http, {**ann.cookie, **bob.bearer})
    assert answer.json()["id"] == bob.id
    for broken in ("Bearer nonsense", f"ApiKey {UNKNOWN_KEY}", "evr_x", "Bearer "):
        answer = await me(http, {**ann.cookie, "Authorization": broken})
        assert answer.status_code == 401, broken


async def test_a_header_of_another_scheme_falls_through_to_the_cookie(
    http: httpx.AsyncClient, ann: Person
) -> None:
    for header in ("Basic YW5uOnB3", "Digest x", "Negotiate", "", ann.access_token):
        assert (await me(http, {**ann.cookie, "Authorization": header})).json()["id"] == ann.id
        assert refusal(await me(http, {"Authorization": header})) == NOTHING


async def test_each_refusal_says_what_is_wrong(http: httpx.AsyncClient, ann: Person) -> None:
    other = "another secret that is long enough"
    token, iat = ann.access_token, claims_of(ann.access_token)["iat"]
    for header, expected in (
        ("Bearer nonsense", TOKEN),
        (f"Bearer {token[:-3]}", TOKEN),
        (f"Bearer {token} x", TOKEN),
        (f"Bearer {resigned(token, secret=other)}", TOKEN),
        (f"Bearer {resigned(token, exp=iat)}", TOKEN),
        (f"Bearer {resigned(token, iat=iat + 600)}", TOKEN),
        (f"Bearer {resigned(token, nbf=iat + 600)}", TOKEN),
        (f"Bearer {resigned(token, sid='x')}", TOKEN),
        (f"Bearer {unsigned(token)}", TOKEN),
        (f"Bearer {ann.refresh_token}", TOKEN),
        ("Bearer evr_123", FORMAT),
        ("ApiKey evr_" + "g" * 64, FORMAT),
        ("ApiKey evr_" + "a" * 65, FORMAT),
        (f"ApiKey {token}", FORMAT),
        ("evr_", FORMAT),
        (f"Bearer {UNKNOWN_KEY}", KEY),
        (UNKNOWN_KEY, KEY),
    ):
        answer = await me(http, {"Authorization": header})
        assert refusal(answer) == expected, header
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_of_another_user_s_session_is_refused(
    http: httpx.AsyncClient, ann: Person, bob: Person
) -> None:
    for changed in ({"sub": bob.id}, {"sid": bob.session_id}):
        forged = resigned(ann.access_token, **changed)
        assert refusal(await me(http, bearer(forged))) == TOKEN


async def test_roles_in_a_token_are_not_believed(http: httpx.AsyncClient, ann: Person) -> None:
    forged = resigned(ann.access_token, roles=["admin"], email="x@example.com")
    answer = await me(http, bearer(forged))
    assert (answer.json()["roles"], answer.json()["email"]) == (["user"], ann.email)


async def test_the_clocks_of_other_nodes_may_be_a_little_fast(
    http: httpx.AsyncClient, ann: Person
) -> None:
    iat = claims_of(ann.access_token)["iat"]
    ahead = resigned(ann.access_token, iat=iat + 3, nbf=iat + 3)
    assert (await me(http, bearer(ahead))).status_code == 200


async def test_a_cookie_holds_tokens_only(http: httpx.AsyncClient, ann: Person) -> None:
    key = (await new_key(http, ann))["key"]
    for cookie in (key, ann.refresh_token, "nonsense"):
        answer = await me(http, {"Cookie": f"access_token={cookie}"})
        assert refusal(answer) == TOKEN
    assert refusal(await me(http, {"Cookie": "access_token="})) == NOTHING


async def test_a_401_carries_a_challenge_also_at_the_door(
    http: httpx.AsyncClient,
) -> None:
    form = {"email": "ann@example.com", "password": "x"}
    for answer in (
        await http.post("/v1/auth/login", json=form),
        await http.post("/v1/auth/refresh"),
        await http.post("/v1/auth/refresh", json={"refresh_token": "x"}),
        await http.get("/v1/auth/sessions"),
    ):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_header_bytes_that_are_no_text_are_no_trouble(
    http: httpx.AsyncClient,
) -> None:
    for header in (b"Bearer \xff\xfe", b"evr_\xff", b"Bearer \xc3\xa9.\xc3\xa9.x"):
        answer = await http.get("/v1/auth/me", headers=[(b"Authorization", header)])
        assert answer.status_code == 401
