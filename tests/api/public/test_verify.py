from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.clients import by_hand
from tests.api.people import Headers, me, new_key, refusal, registered
from tests.support.people import Person, bearer

pytestmark = pytest.mark.anyio

PATH = "/v1/auth/verify"
NAMES = (
    *("x-auth-user-id", "x-auth-email", "x-auth-email-verified", "x-auth-name"),
    *("x-auth-roles", "x-auth-scopes", "x-auth-method"),
)


async def verify(
    http: httpx.AsyncClient, headers: Headers, query: str = "", method: str = "GET"
) -> httpx.Response:
    return await http.request(method, PATH + query, headers=headers)


def shown(answer: httpx.Response) -> dict[str, Any]:
    return {name: answer.headers.get(name) for name in NAMES}


async def test_it_answers_in_headers_alone(http: httpx.AsyncClient, ann: Person) -> None:
    answer = await verify(http, ann.bearer)
    assert (answer.status_code, answer.content) == (200, b"")
    expected = [ann.id, "ann@example.com", "false", "Ann", "user", "*", "jwt"]
    assert list(shown(answer).values()) == expected
    assert "x-request-id" not in answer.headers


async def test_a_key_shows_its_scopes(http: httpx.AsyncClient, ann: Person) -> None:
    key = bearer((await new_key(http, ann, scopes=["a:read", "b"]))["key"])
    headers = shown(await verify(http, key))
    assert (headers["x-auth-scopes"], headers["x-auth-method"]) == (
        "a:read,b",
        "api_key",
    )


async def test_all_headers_are_present_also_when_empty(
    http: httpx.AsyncClient, ann: Person, database_url: str
) -> None:
    await by_hand(database_url, "UPDATE users SET roles = '[]'")
    assert shown(await verify(http, ann.bearer))["x-auth-roles"] == ""


async def test_what_is_not_printable_ascii_is_percent_encoded_utf_8(
    http: httpx.AsyncClient,
) -> None:
    for number, (name, header) in enumerate(
        [
            ('Ann O\'Neil <a@b> "x"; y=z', 'Ann O\'Neil <a@b> "x"; y=z'),
            ("Zoë Ω", "Zo%C3%AB %CE%A9"),
            ("100%", "100%25"),
            ("Doe, Jane", "Doe%2C Jane"),
        ]
    ):
        who = await registered(http, f"n{number}@example.com", name)
        assert shown(await verify(http, who.bearer))["x-auth-name"] == header


async def test_roles_with_odd_characters_cannot_pass_for_others(
    http: httpx.AsyncClient, ann: Person, database_url: str
) -> None:
    odd = 'UPDATE users SET roles = \'["user,admin", "b\\u00e9", "c"]\''
    await by_hand(database_url, odd)
    answer = await verify(http, ann.bearer)
    assert shown(answer)["x-auth-roles"] == "user%2Cadmin,b%C3%A9,c"
    assert (await verify(http, ann.bearer, "?role=admin")).status_code == 403


async def test_every_role_that_is_asked_for_must_be_held(
    http: httpx.AsyncClient, ann: Person, database_url: str
) -> None:
    await by_hand(database_url, 'UPDATE users SET roles = \'["user", "editor"]\'')
    for query, status in (
        ("?role=user", 200),
        ("?role=user&role=editor", 200),
        ("?role=admin", 403),
        ("?role=user&role=admin", 403),
        ("?role=admin&role=user", 403),
        ("?role=", 403),
        ("?role", 403),
        ("?role=user,editor", 403),
        ("?role=USER", 403),
        ("?other=x", 200),
    ):
        answer = await verify(http, ann.bearer, query)
        assert answer.status_code == status, query
        assert "x-request-id" not in answer.headers


async def test_every_scope_that_is_asked_for_must_be_held(
    http: httpx.AsyncClient, ann: Person
) -> None:
    key = bearer((await new_key(http, ann, scopes=["a", "b"]))["key"])
    whole = bearer((await new_key(http, ann))["key"])
    for query, of_key, of_whole in (
        ("?scope=a", 200, 200),
        ("?scope=a&scope=b", 200, 200),
        ("?scope=a&scope=c", 403, 200),
        ("?scope=c", 403, 200),
        ("?scope=*", 403, 200),
        ("?scope=", 403, 403),
        ("?scope=a&role=admin", 403, 403),
        ("?scope=a&role=user", 200, 200),
    ):
        assert (await verify(http, key, query)).status_code == of_key, query
        assert (await verify(http, whole, query)).status_code == of_whole, query
        assert (await verify(http, ann.bearer, query)).status_code == of_whole, query


async def test_it_answers_any_method_whatever_the_body(
    http: httpx.AsyncClient, ann: Person
) -> None:
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = await verify(http, ann.bearer, method=method)
        assert (answer.status_code, answer.content) == (200, b""), method
        assert shown(answer)["x-auth-user-id"] == ann.id
        assert (await verify(http, {}, method=method)).status_code == 401
    junk = {**ann.bearer, "Content-Type": "application/json"}
    assert (await http.post(PATH, content=b"{", headers=junk)).status_code == 200


async def test_it_answers_the_methods_of_webdav(http: httpx.AsyncClient, ann: Person) -> None:
    for method in ("PROPFIND", "MKCOL", "REPORT"):
        assert (await verify(http, ann.bearer, method=method)).status_code == 200


async def test_nobody_is_401_with_a_challenge(http: httpx.AsyncClient) -> None:
    answer = await verify(http, {})
    assert refusal(answer) == (401, "Authentication required")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert shown(answer) == dict.fromkeys(NAMES)


async def test_the_cookie_will_do_whichever_page_asks(http: httpx.AsyncClient, ann: Person) -> None:
    cross = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = await verify(http, {**ann.cookie, **cross}, method="POST")
    assert answer.status_code == 200


async def test_it_tells_what_me_tells(
    http: httpx.AsyncClient, ann: Person, database_url: str
) -> None:
    await by_hand(database_url, "UPDATE users SET email_verified = (1 = 1)")
    profile = (await me(http, ann.bearer)).json()
    assert profile["email_verified"] is True
    assert shown(await verify(http, ann.bearer))["x-auth-email-verified"] == "true"


async def test_each_method_of_a_check_is_counted_as_itself(
    http: httpx.AsyncClient, ann: Person, database_url: str
) -> None:
    await by_hand(database_url, "UPDATE users SET roles = '[\"admin\"]'")
    for method in ("GET", "POST", "POST"):  # the first is not out of memory
        await http.request(method, "/v1/auth/verify", headers=ann.bearer)
    numbers = (await http.get("/metrics", headers=ann.bearer)).text
    counted = 'everruns_auth_requests_total{method="POST",route="/v1/auth/verify",status="200"}'
    assert counted in numbers


MISSPELT = (
    *("roles", "scopes", "Role", "ROLE", "Scope", "role[]", "role%5B%5D", "role%5B0%5D"),
    *("roles[]", "role%20", "%20role", "+role", "role%00", "role.0", "role:admin", "role1"),
    *("amp;role", "role%5B0%5D%5Bname%5D", "_role", "-scope", "role_", "%EF%BB%BFrole"),
    *("role%E2%80%8B", "scope%255B%255D", "role%ff", "sc%6fpes", "role%0a", "r%6Fle%3A"),
)


async def test_a_role_that_is_asked_for_in_other_words_is_403(
    http: httpx.AsyncClient, ann: Person
) -> None:
    await verify(http, ann.bearer)  # so that it is answered out of memory
    for name in MISSPELT:
        for query in (f"?{name}=user", f"?role=user&{name}=user", f"?{name}"):
            for method in ("GET", "HEAD", "POST", "PROPFIND"):
                answer = await verify(http, ann.bearer, query, method=method)
                assert answer.status_code == 403, (query, method)
    answer = await verify(http, ann.bearer, "?roles=user")
    assert answer.json()["code"] == "misspelt_question"


async def test_other_parameters_are_ignored(http: httpx.AsyncClient, ann: Person) -> None:
    for name in ("page", "q", "user_role", "role_id", "role-name", "roleid", "scoped", "telescope"):
        for query in (f"?{name}=admin", f"?role=user&{name}", f"?{name}[]=x&scope=a"):
            assert (await verify(http, ann.bearer, query)).status_code == 200, query
