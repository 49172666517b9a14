from __future__ import annotations

import httpx
import pytest

from models import RefreshToken
from tests.api.people import Headers, audited, me, new_key, refresh, resigned, signed_in
from tests.support.people import Person, bearer, claims_of

pytestmark = pytest.mark.anyio

CROSS_SITE = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}


async def log_out(
    http: httpx.AsyncClient, headers: Headers | None = None, **body: object
) -> httpx.Response:
    answer = await http.post("/v1/auth/logout", headers=headers, json=body or None)
    assert (answer.status_code, answer.json()) == (200, {})
    return answer


def expired(token: str) -> str:
    return resigned(token, exp=claims_of(token)["iat"])


async def test_the_cookie_s_session_ends_at_once(http: httpx.AsyncClient, ann: Person) -> None:
    other = await signed_in(http)
    await log_out(http, ann.cookie)
    assert (await me(http, ann.bearer)).status_code == 401
    assert (await refresh(http, ann.refresh_token)).status_code == 401
    assert (await me(http, other.bearer)).status_code == 200


async def test_each_credential_names_its_session(http: httpx.AsyncClient, ann: Person) -> None:
    for number in range(6):
        one = await signed_in(http)
        headers, body = [
            (one.bearer, {}),
            (bearer(expired(one.access_token)), {}),
            ({}, {"refresh_token": one.refresh_token}),
            ({}, {"refresh_token": expired(one.refresh_token)}),
            ({"Cookie": f"refresh_token={one.refresh_token}"}, {}),
            ({"Cookie": f"access_token={expired(one.access_token)}"}, {}),
        ][number]
        await log_out(http, headers, **body)
        assert (await me(http, one.bearer)).status_code == 401
    assert (await me(http, ann.bearer)).status_code == 200


async def test_every_session_that_is_named_ends(http: httpx.AsyncClient, ann: Person) -> None:
    by_header, by_body, spared = [await signed_in(http) for _ in range(3)]
    headers = {**ann.cookie, **by_header.bearer}
    await log_out(http, headers, refresh_token=by_body.refresh_token)
    (left,) = await RefreshToken.all()
    assert str(left.id) == spared.session_id


async def test_a_spent_refresh_token_still_names_its_session(
    http: httpx.AsyncClient, ann: Person
) -> None:
    await refresh(http, ann.refresh_token)
    await log_out(http, refresh_token=ann.refresh_token)
    assert await RefreshToken.all() == []


async def test_it_clears_both_cookies_on_both_paths(http: httpx.AsyncClient) -> None:
    answer = await log_out(http)
    cleared = set()
    for cookie in answer.headers.get_list("set-cookie"):
        named, *attributes = cookie.split("; ")
        assert "Max-Age=0" in attributes
        paths = [a for a in attributes if a.startswith("Path=")]
        cleared |= {(named.partition("=")[0], path) for path in paths}
    assert cleared == {
        ("access_token", "Path=/"),
        ("access_token", "Path=/v1/auth"),
        ("refresh_token", "Path=/"),
        ("refresh_token", "Path=/v1/auth"),
    }


async def test_it_refuses_nothing(http: httpx.AsyncClient, ann: Person) -> None:
    key = await new_key(http, ann)
    for headers in (
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic YTpi"},
        {"Cookie": "access_token=x; refresh_token=y"},
        bearer(resigned(ann.access_token, secret="another secret, long enough to be")),
        bearer(key["key"]),
    ):
        await log_out(http, headers)
    for content, kind in (
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"\xff", "text/plain"),
        (b'{"refresh_token": 7}', "application/json"),
    ):
        headers = {"Content-Type": kind}
        answer = await http.post("/v1/auth/logout", content=content, headers=headers)
        assert answer.status_code == 200
    assert (await me(http, ann.bearer)).status_code == 200
    assert (await me(http, bearer(key["key"]))).status_code == 200


async def test_twice_is_as_good_as_once(http: httpx.AsyncClient, ann: Person) -> None:
    await log_out(http, ann.cookie)
    await log_out(http, ann.cookie)
    (event,) = await audited("auth.logout")
    assert (event.outcome, str(event.user_id)) == ("success", ann.id)


async def test_another_site_s_page_ends_nothing(http: httpx.AsyncClient, ann: Person) -> None:
    answer = await log_out(http, {**ann.cookie, **CROSS_SITE})
    assert "set-cookie" not in answer.headers
    assert (await me(http, ann.bearer)).status_code == 200


async def test_a_header_s_or_a_body_s_credential_counts_whoever_s_page_asks(
    http: httpx.AsyncClient, ann: Person
) -> None:
    other, third = await signed_in(http), await signed_in(http)
    await log_out(http, {**CROSS_SITE, **other.bearer, **ann.cookie})
    await log_out(http, CROSS_SITE, refresh_token=third.refresh_token)
    (left,) = await RefreshToken.all()
    assert str(left.id) == ann.session_id
