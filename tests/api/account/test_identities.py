"""One's own identities, operators' view of them, and that nobody is locked out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from models import OAuthIdentity, User
from tests.api.browsers import Browser, with_oidc
from tests.api.clients import OPERATOR, OPERATOR_EMAIL, OPERATOR_PASSWORD, answering
from tests.api.people import audited, new_key, refusal, registered, signed_in
from tests.support.fake_providers import FakeOpenId
from tests.support.people import Person

pytestmark = pytest.mark.anyio

OWN = "/v1/auth/identities"
LAST = (409, "This is the only way to sign in to the account; set a password or link another first")
MISSING = (404, "Identity not found")


@pytest.fixture
def oidc() -> Iterator[FakeOpenId]:
    with FakeOpenId(email="ann@example.com", email_verified=True) as fake:
        yield fake


@pytest.fixture
async def http(database_url: str, oidc: FakeOpenId) -> AsyncIterator[httpx.AsyncClient]:
    github = {"AUTH_GITHUB_CLIENT_ID": "g", "AUTH_GITHUB_CLIENT_SECRET": "gs"}
    async with answering(with_oidc(database_url, oidc, **OPERATOR, **github)) as client:
        yield client


@pytest.fixture
async def browser(http: httpx.AsyncClient, oidc: FakeOpenId) -> Browser:
    """Somebody whose only way in is the provider."""
    browser = Browser(http)
    await browser.sign_in(oidc)
    return browser


@pytest.fixture
async def root(http: httpx.AsyncClient) -> Person:
    return await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)


def token(browser: Browser) -> dict[str, str]:
    return {"Authorization": f"Bearer {browser.jar['access_token']}"}


async def link(browser: Browser, provider: str) -> None:
    """One identity more, as a second sign-in would leave it."""
    (first,) = await OAuthIdentity.filter(provider="oidc")
    await OAuthIdentity.add(
        user_id=first.user_id,
        provider=provider,
        subject="7",
        issuer="https://github.com",
        email=None,
        now=first.created_at,
    )


async def test_one_sees_one_s_own(http: httpx.AsyncClient, browser: Browser) -> None:
    await registered(http, "bob@example.com")
    (shown,) = (await http.get(OWN, headers=token(browser))).json()
    (row,) = await OAuthIdentity.all()
    assert list(shown) == ["id", "provider", "subject", "email", "created_at", "last_used_at"]
    assert (shown["id"], shown["provider"]) == (str(row.id), "oidc")
    assert (shown["subject"], shown["email"]) == ("subject-1", "ann@example.com")


async def test_the_only_way_in_stays(http: httpx.AsyncClient, browser: Browser) -> None:
    answer = await http.delete(f"{OWN}/oidc", headers=token(browser))
    assert refusal(answer) == LAST
    assert answer.json()["code"] == "last_way_in"
    assert await OAuthIdentity.all().count() == 1


async def test_with_a_password_it_may_go(http: httpx.AsyncClient, browser: Browser) -> None:
    await User.filter(email="ann@example.com").update(password_hash="$2b$04$" + "a" * 53)
    answer = await http.delete(f"{OWN}/oidc", headers=token(browser))
    assert (answer.status_code, answer.content) == (204, b"")
    assert await OAuthIdentity.all().count() == 0
    assert (await browser.get("/v1/auth/me")).status_code == 200
    (event,) = await audited("auth.user.updated")
    assert event.detail == {"changed": ["identities"], "provider": "oidc"}
    assert event.actor_id == event.user_id


async def test_with_another_identity_it_may_go(http: httpx.AsyncClient, browser: Browser) -> None:
    await link(browser, "github")
    assert (await http.delete(f"{OWN}/oidc", headers=token(browser))).status_code == 204
    assert refusal(await http.delete(f"{OWN}/github", headers=token(browser))) == LAST
    assert refusal(await http.delete(f"{OWN}/oidc", headers=token(browser))) == MISSING


async def test_an_identity_of_a_provider_that_is_not_configured_is_no_way_in(
    http: httpx.AsyncClient, browser: Browser
) -> None:
    await link(browser, "google")
    assert refusal(await http.delete(f"{OWN}/oidc", headers=token(browser))) == LAST
    assert (await http.delete(f"{OWN}/google", headers=token(browser))).status_code == 204


async def test_a_password_that_is_of_no_use_is_no_way_in(
    database_url: str, oidc: FakeOpenId
) -> None:
    async with answering(with_oidc(database_url, oidc, AUTH_DISABLE_PASSWORD="1")) as http:
        browser = Browser(http)
        await browser.sign_in(oidc)
        await User.all().update(password_hash="$2b$04$" + "a" * 53)
        assert refusal(await http.delete(f"{OWN}/oidc", headers=token(browser))) == LAST


async def test_of_two_that_go_at_once_one_stays(http: httpx.AsyncClient, browser: Browser) -> None:
    for _ in range(5):
        await link(browser, "github")
        going = [
            http.delete(f"{OWN}/{name}", headers=token(browser)) for name in ("oidc", "github")
        ]
        answers = await asyncio.gather(*going)
        assert sorted(answer.status_code for answer in answers) == [204, 409]
        (left,) = await OAuthIdentity.all()
        await OAuthIdentity.filter(id=left.id).update(provider="oidc", subject="subject-1")


async def test_a_key_sees_none_and_unlinks_none(
    http: httpx.AsyncClient, browser: Browser, root: Person
) -> None:
    key = {"Authorization": (await new_key(http, root))["key"]}
    for method, path in (("GET", OWN), ("DELETE", f"{OWN}/oidc")):
        answer = await http.request(method, path, headers=key)
        assert answer.json()["code"] == "session_required"
        assert (await http.request(method, path)).status_code == 401


async def test_another_site_s_page_unlinks_none(http: httpx.AsyncClient, browser: Browser) -> None:
    await link(browser, "github")
    cookie = "; ".join(f"{name}={value}" for name, value in browser.jar.items())
    said = {"Cookie": cookie, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = await http.delete(f"{OWN}/oidc", headers=said)
    assert answer.json()["code"] == "cross_site"


async def user_id_of(browser: Browser) -> str:
    shown: str = (await browser.me())["id"]
    return shown


async def test_operators_see_and_unlink_everybody_s(
    http: httpx.AsyncClient, browser: Browser, root: Person
) -> None:
    path = f"/v1/admin/users/{await user_id_of(browser)}/identities"
    answer = (await http.get(path, headers=root.bearer)).json()
    assert list(answer) == ["data", "next_cursor", "previous_cursor"]
    assert [one["subject"] for one in answer["data"]] == ["subject-1"]
    assert refusal(await http.delete(f"{path}/oidc", headers=root.bearer)) == LAST
    await link(browser, "github")
    assert (await http.delete(f"{path}/oidc", headers=root.bearer)).status_code == 204
    (event,) = await audited("auth.user.updated")
    assert (str(event.actor_id), str(event.user_id)) == (root.id, await user_id_of(browser))


async def test_operators_are_told_what_is_not_there(
    http: httpx.AsyncClient, browser: Browser, root: Person
) -> None:
    for user_id in ("00000000-0000-0000-0000-000000000009", "nonsense"):
        path = f"/v1/admin/users/{user_id}/identities"
        for answer in (
            await http.get(path, headers=root.bearer),
            await http.delete(f"{path}/oidc", headers=root.bearer),
        ):
            assert refusal(answer) == (404, "User not found")
    path = f"/v1/admin/users/{await user_id_of(browser)}/identities/github"
    assert refusal(await http.delete(path, headers=root.bearer)) == MISSING


async def test_only_operators_see_and_unlink_others(
    http: httpx.AsyncClient, browser: Browser, root: Person
) -> None:
    path = f"/v1/admin/users/{await user_id_of(browser)}/identities"
    for method, where in (("GET", path), ("DELETE", f"{path}/oidc")):
        answer = await http.request(method, where, headers=token(browser))
        assert refusal(answer) == (403, "Admin access required")
    reader = {"Authorization": (await new_key(http, root, scopes=["admin:read"]))["key"]}
    assert (await http.get(path, headers=reader)).status_code == 200
    answer = await http.delete(f"{path}/oidc", headers=reader)
    assert answer.json()["code"] == "insufficient_scope"
