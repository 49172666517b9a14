"""A sign-in over a session ends that session (OWASP ASVS 7.2.4), and no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import httpx
import pytest

from api.settings import Settings
from tests.api.browsers import Browser, with_oidc
from tests.api.people import audited, me, new_key, resigned, signed_in
from tests.support.fake_providers import FakeOpenId
from tests.support.people import PASSWORD, Person, bearer

pytestmark = pytest.mark.anyio

CROSS_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}


@pytest.fixture
def settings(database_url: str, oidc: FakeOpenId) -> Settings:
    return with_oidc(database_url, oidc)


@pytest.fixture
def oidc() -> Iterator[FakeOpenId]:
    with FakeOpenId(email="bob@example.com", email_verified=True) as fake:
        yield fake


async def enter(
    http: httpx.AsyncClient,
    headers: Mapping[str, str],
    *,
    email: str = "",
    password: str = PASSWORD,
) -> int:
    """Sign in as `email`, or register as somebody new, while showing what a browser has."""
    form = {"email": email or "new@example.com", "password": password}
    path = "/v1/auth/login" if email else "/v1/auth/register"
    return (await http.post(path, json=form, headers=headers)).status_code


async def is_alive(http: httpx.AsyncClient, person: Person) -> bool:
    return (await me(http, person.bearer)).status_code == 200


@pytest.mark.parametrize("shown", ["both cookies", "access cookie", "refresh cookie", "bearer"])
@pytest.mark.parametrize("email", ["ann@example.com", "bob@example.com", ""])
async def test_the_session_that_the_browser_had_ends(
    http: httpx.AsyncClient, ann: Person, bob: Person, shown: str, email: str
) -> None:
    other = await signed_in(http)
    headers = {
        "both cookies": ann.cookie,
        "access cookie": {"Cookie": f"access_token={ann.access_token}"},
        "refresh cookie": {"Cookie": f"refresh_token={ann.refresh_token}"},
        "bearer": ann.bearer,
    }[shown]
    assert await enter(http, headers, email=email) in (200, 201)
    assert not await is_alive(http, ann)
    assert await is_alive(http, other)
    assert await is_alive(http, bob)
    (event,) = await audited("auth.logout")
    assert event.detail == {"session_id": ann.session_id, "reason": "signed_in_anew"}


async def test_a_sign_in_at_a_provider_ends_it_too(
    http: httpx.AsyncClient, ann: Person, oidc: FakeOpenId
) -> None:
    browser = Browser(http, {"access_token": ann.access_token})
    assert (await browser.sign_in(oidc)).headers["location"] == "/"
    assert (await browser.me())["email"] == "bob@example.com"
    assert not await is_alive(http, ann)


async def test_a_sign_in_that_fails_ends_nothing(http: httpx.AsyncClient, ann: Person) -> None:
    assert await enter(http, ann.cookie, email=ann.email, password="not the password") == 401
    assert await enter(http, ann.cookie, email="", password="short") == 422
    assert await is_alive(http, ann)


async def test_a_page_of_another_site_ends_nothing(http: httpx.AsyncClient, ann: Person) -> None:
    assert await enter(http, {**ann.cookie, **CROSS_SITE}, email=ann.email) == 200
    assert await is_alive(http, ann)


async def test_what_nobody_of_us_signed_ends_nothing(http: httpx.AsyncClient, ann: Person) -> None:
    forged = resigned(ann.access_token, secret="another secret, long enough to be")
    key = (await new_key(http, ann))["key"]
    for shown in (forged, "nonsense", key):
        assert await enter(http, {"Cookie": f"access_token={shown}"}, email=ann.email) == 200
        assert await enter(http, bearer(shown), email=ann.email) == 200
    assert await is_alive(http, ann)
    assert (await me(http, bearer(key))).status_code == 200


async def test_the_new_session_lives(http: httpx.AsyncClient, ann: Person) -> None:
    form = {"email": ann.email, "password": PASSWORD}
    answer = await http.post("/v1/auth/login", json=form, headers=ann.cookie)
    assert (await me(http, bearer(answer.json()["access_token"]))).status_code == 200
