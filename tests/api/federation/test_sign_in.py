"""The journey to a provider and back, where everything goes well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from models import OAuthIdentity, User
from tests.api.browsers import Browser, cookies_of, with_github
from tests.api.clients import answering
from tests.api.people import audited
from tests.support.fake_providers import Asked, FakeGitHub, FakeOpenId, query_of

pytestmark = pytest.mark.anyio

PICTURE = "https://pictures.example/ann.png"


@pytest.fixture
def oidc() -> Iterator[FakeOpenId]:
    user = {"email": "Ann@Example.com", "email_verified": True, "name": "Ann", "picture": PICTURE}
    with FakeOpenId(**user) as fake:
        yield fake


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    other = {"email": "other@example.com", "primary": False, "verified": True}
    primary = {"email": "octo@example.com", "primary": True, "verified": True}
    with FakeGitHub(other, primary, name="Octo Cat", avatar_url=PICTURE) as fake:
        yield fake


async def test_a_first_sign_in_makes_the_user(http: httpx.AsyncClient, oidc: FakeOpenId) -> None:
    browser = Browser(http)
    answer = await browser.sign_in(oidc)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    shown = await browser.me()
    assert list(shown.values())[1:] == ["ann@example.com", "Ann", ["user"], PICTURE, True]
    (identity,) = await OAuthIdentity.all()
    assert (identity.provider, identity.subject) == ("oidc", "subject-1")
    assert (identity.email, identity.issuer) == ("ann@example.com", oidc.url)
    (event,) = await audited("auth.oauth.login")
    assert (event.outcome, str(event.user_id)) == ("success", shown["id"])
    assert [event.detail for event in await audited("auth.register")] == [{"provider": "oidc"}]


async def test_a_second_sign_in_is_the_same_user_s(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    first, second = Browser(http), Browser(http)
    await first.sign_in(oidc)
    oidc.user["email"] = "renamed@example.com"
    await second.sign_in(oidc)
    assert (await first.me())["id"] == (await second.me())["id"]
    assert (await second.me())["email"] == "ann@example.com"
    (identity,) = await OAuthIdentity.all()
    assert identity.email == "renamed@example.com"
    assert identity.last_used_at is not None and identity.last_used_at > identity.created_at


async def test_github_gives_its_primary_verified_address(
    database_url: str, github: FakeGitHub
) -> None:
    async with answering(with_github(database_url, github)) as http:
        browser = Browser(http)
        answer = await browser.sign_in(github)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        shown = await browser.me()
    assert list(shown.values())[1:] == ["octo@example.com", "Octo Cat", ["user"], PICTURE, True]
    assert github.asked == ["/login/oauth/access_token", "/user", "/user/emails"]


async def test_the_browser_is_sent_with_all_that_binds_the_answer(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    answer = await http.get("/v1/auth/oauth/oidc")
    query = query_of(answer.headers["location"])
    assert answer.headers["location"].startswith(f"{oidc.url}/authorize?")
    assert query["scope"] == "openid email profile"
    assert query["redirect_uri"] == "http://auth.test/v1/auth/callback/oidc"
    assert min(len(query[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    (cookie,) = cookies_of(answer).values()
    assert (cookie["max-age"], cookie["path"], cookie["samesite"]) == ("600", "/", "Lax")
    assert cookie["httponly"]
    assert answer.headers["cache-control"] == "no-store"
    for name in ("state", "nonce"):
        assert query[name] not in cookie.value


async def test_the_cookies_are_those_of_every_sign_in(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    answer = await Browser(http).sign_in(oidc)
    cookies = cookies_of(answer)
    assert cookies["access_token"]["samesite"] == "Lax"
    assert cookies["refresh_token"]["samesite"] == "Strict"
    assert cookies["refresh_token"]["httponly"]
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_every_prefix_answers(http: httpx.AsyncClient, oidc: FakeOpenId) -> None:
    browser = Browser(http)
    answer = await browser.get("/api/v1/auth/oauth/oidc")
    back = oidc.approve(answer.headers["location"])
    answer = await browser.get("/api/v1/auth/callback/oidc", **back)
    assert answer.headers["location"] == "/"


async def test_claims_that_the_token_lacks_are_asked_for(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    oidc.metadata["userinfo_endpoint"] = f"{oidc.url}/userinfo"
    oidc.changes.update(email=None, email_verified=None, name=None, picture=None)
    browser = Browser(http)
    await browser.sign_in(oidc)
    shown = await browser.me()
    assert (shown["email"], shown["name"], shown["email_verified"]) == (
        "ann@example.com",
        "Ann",
        True,
    )


async def test_what_cannot_be_kept_is_left_out(http: httpx.AsyncClient, oidc: FakeOpenId) -> None:
    oidc.user.update(name="A\u0000n\nn" + "!" * 300, picture="http://pictures.example/ann.png")
    await Browser(http).sign_in(oidc)
    (user,) = await User.all()
    assert (user.name, user.avatar_url) == ("Ann" + "!" * 197, None)


async def test_a_name_of_nothing_is_the_address_s_first_part(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    oidc.user.update(name=" \n")
    await Browser(http).sign_in(oidc)
    assert [user.name for user in await User.all()] == ["ann"]


@pytest.mark.parametrize(
    "offered",
    [
        None,
        ["client_secret_basic"],
        ["client_secret_post"],
        ["client_secret_basic", "client_secret_post"],
        ["private_key_jwt"],
    ],
)
async def test_the_client_proves_itself_in_a_way_that_is_offered(
    offered: list[str] | None, http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    seen: list[bool] = []

    def token(asked: Asked) -> Any:
        seen.append("authorization" in asked.headers)
        return oidc.answer_to(asked)

    oidc.metadata["token_endpoint_auth_methods_supported"] = offered
    oidc.answers["/token"] = token
    assert (await Browser(http).sign_in(oidc)).headers["location"] == "/"
    # Providers that announce both often read only the form.
    assert seen == [offered is None or "client_secret_post" not in offered]


async def test_a_way_that_is_announced_and_refused_is_not_the_last(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    seen: list[bool] = []

    def token(asked: Asked) -> Any:
        seen.append("authorization" in asked.headers)
        if not seen[-1]:
            return 401, "application/json", b'{"error":"invalid_client"}'
        return oidc.answer_to(asked)

    both = ["client_secret_post", "client_secret_basic"]
    oidc.metadata["token_endpoint_auth_methods_supported"] = both
    oidc.answers["/token"] = token
    for _ in range(2):
        assert (await Browser(http).sign_in(oidc)).headers["location"] == "/"
    # The second knows which way is taken.
    assert seen == [False, True, True]


async def test_where_a_browser_is_led_has_a_type_and_no_body(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    there = await http.get("/v1/auth/oauth/oidc")
    back = await http.get("/v1/auth/callback/oidc")
    for answer in (there, back):
        assert (answer.status_code, answer.content) == (303, b"")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_github_is_asked_for_addresses_alone(database_url: str, github: FakeGitHub) -> None:
    async with answering(with_github(database_url, github)) as http:
        assert query_of(await Browser(http).depart("github"))["scope"] == "user:email"
