"""Whose account somebody at a provider is: every rule, and nobody else's way in."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from models import ApiKey, OAuthIdentity, RefreshToken, User
from tests.api.browsers import Browser, failure, with_github, with_oidc
from tests.api.clients import (
    OPERATOR,
    OPERATOR_EMAIL,
    OPERATOR_PASSWORD,
    answering,
    app_of,
    by_hand,
)
from tests.api.people import audited, log_in, me, new_key, refresh, registered, signed_in, verify
from tests.support.fake_providers import FakeGitHub, FakeOpenId
from tests.support.people import Person, bearer

pytestmark = pytest.mark.anyio

EMAIL = "ann@example.com"


async def test_a_verified_address_joins_the_verified_account_of_it(
    http: httpx.AsyncClient, oidc: FakeOpenId, ann: Person
) -> None:
    await verify(ann)
    key = (await new_key(http, ann))["key"]
    browser = Browser(http)
    await browser.sign_in(oidc)
    assert (await browser.me())["id"] == ann.id
    # What was there goes on working.
    await signed_in(http)
    for credential in (ann.access_token, key):
        assert (await me(http, bearer(credential))).status_code == 200
    (event,) = await audited("auth.oauth.linked")
    assert (event.detail, str(event.user_id)) == ({"provider": "oidc"}, ann.id)
    assert await User.all().count() == 1


async def test_of_an_account_that_was_never_verified_every_way_in_is_closed_first(
    http: httpx.AsyncClient, oidc: FakeOpenId, ann: Person
) -> None:
    key = (await new_key(http, ann))["key"]
    assert (await me(http, bearer(key))).status_code == 200
    browser = Browser(http)
    await browser.sign_in(oidc)
    for credential in (ann.access_token, key):
        assert (await me(http, bearer(credential))).status_code == 401
    assert (await refresh(http, ann.refresh_token)).status_code == 401
    assert (await log_in(http)).status_code == 401
    shown = await browser.me()
    assert (shown["id"], shown["email_verified"]) == (ann.id, True)
    (event,) = await audited("auth.oauth.linked")
    assert event.detail == {
        "provider": "oidc",
        "password": True,
        "sessions": 1,
        "api_keys": 1,
        "identities": 0,
    }


async def test_the_answer_waits_until_this_worker_has_heard_of_it(
    http: httpx.AsyncClient, oidc: FakeOpenId, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, heard = app_of(http).ctx.services.invalidation, []
    settle = changes.settle

    async def noted() -> None:
        heard.append(await settle())

    monkeypatch.setattr(changes, "settle", noted)
    back = oidc.approve(await (browser := Browser(http)).depart())
    assert heard == []
    await browser.arrive(**back)
    assert heard == [None]


async def test_an_identity_of_whoever_claimed_the_address_first_goes_too(
    database_url: str, oidc: FakeOpenId
) -> None:
    octo = {"email": EMAIL, "primary": True, "verified": True}
    oidc.user["email_verified"] = False
    with FakeGitHub(octo) as github:
        settings = with_oidc(database_url, oidc, **github_variables(database_url, github))
        async with answering(settings) as http:
            squatter, ann = Browser(http), Browser(http)
            await squatter.sign_in(oidc)
            await ann.sign_in(github)
            assert (await squatter.get("/v1/auth/me")).status_code == 401
            assert [one.provider for one in await OAuthIdentity.all()] == ["github"]
            assert failure(await squatter.sign_in(oidc)) == "oauth_account_exists"
            assert (await ann.me())["email_verified"] is True


def github_variables(url: str, github: FakeGitHub) -> dict[str, str]:
    settings = with_github(url, github)
    assert settings.github_client_secret is not None
    return {
        "AUTH_GITHUB_URL": settings.github_url,
        "AUTH_GITHUB_API_URL": settings.github_api_url,
        "AUTH_GITHUB_CLIENT_ID": settings.github_client_id or "",
        "AUTH_GITHUB_CLIENT_SECRET": settings.github_client_secret.get_secret_value(),
    }


async def test_an_address_that_the_provider_has_not_verified_joins_nothing(
    http: httpx.AsyncClient, oidc: FakeOpenId, ann: Person
) -> None:
    claims: tuple[Any, ...] = (False, None, "false", "yes", 1, "True", [True])
    for claim in (*claims, False):
        oidc.user["email_verified"] = claim
        assert failure(await Browser(http).sign_in(oidc)) == "oauth_account_exists", claim
        if claim == [True]:
            await verify(ann)
    assert await OAuthIdentity.all().count() == 0
    assert (await me(http, ann.bearer)).status_code == 200
    events = await audited("auth.oauth.login")
    assert {(event.outcome, str(event.user_id)) for event in events} == {("failure", ann.id)}


async def test_a_new_user_s_address_is_as_verified_as_the_provider_says(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    oidc.user["email_verified"] = False
    browser = Browser(http)
    await browser.sign_in(oidc)
    assert (await browser.me())["email_verified"] is False
    oidc.user["email_verified"] = True
    await browser.sign_in(oidc)
    assert (await browser.me())["email_verified"] is True


async def test_an_operator_s_account_is_joined_only_when_its_own_address_is_verified(
    http: httpx.AsyncClient, oidc: FakeOpenId, ann: Person, database_url: str
) -> None:
    await by_hand(database_url, 'UPDATE users SET roles = \'["user", "admin"]\'')
    assert failure(await Browser(http).sign_in(oidc)) == "oauth_account_exists"
    assert (await log_in(http)).status_code == 200
    await verify(ann)
    browser = Browser(http)
    await browser.sign_in(oidc)
    assert (await browser.me())["roles"] == ["user", "admin"]


async def test_the_environment_s_operator_does_not_inherit_an_identity(
    database_url: str, oidc: FakeOpenId
) -> None:
    oidc.user.update(email=OPERATOR_EMAIL, email_verified=False)
    async with answering(with_oidc(database_url, oidc)) as http:
        await Browser(http).sign_in(oidc)
    async with answering(with_oidc(database_url, oidc, **OPERATOR)) as http:
        squatter = Browser(http)
        assert failure(await squatter.sign_in(oidc)) == "oauth_account_exists"
        root = await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
        assert (await me(http, root.bearer)).json()["roles"] == ["admin"]
        (event,) = await audited("auth.user.updated")
        assert event.detail["identities"] == 1


async def test_an_address_that_was_handed_on_opens_no_account(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    """Somebody left, somebody else has the address now; the provider knows them apart."""
    await Browser(http).sign_in(oidc)
    oidc.user["sub"] = "subject-2"
    assert failure(await Browser(http).sign_in(oidc)) == "oauth_account_exists"
    assert [one.subject for one in await OAuthIdentity.all()] == ["subject-1"]


async def test_a_subject_of_another_issuer_is_somebody_else(
    http: httpx.AsyncClient, oidc: FakeOpenId, database_url: str
) -> None:
    await Browser(http).sign_in(oidc)
    await by_hand(database_url, "UPDATE oauth_identities SET issuer = ?", "https://old.example")
    assert failure(await Browser(http).sign_in(oidc)) == "oauth_not_permitted"
    await by_hand(database_url, "UPDATE oauth_identities SET issuer = NULL")
    answer = await Browser(http).sign_in(oidc)
    assert answer.headers["location"] == "/"
    assert [one.issuer for one in await OAuthIdentity.all()] == [oidc.url]


async def test_many_first_sign_ins_at_once_make_one_user(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    answers = await asyncio.gather(*[Browser(http).sign_in(oidc) for _ in range(8)])
    assert {answer.headers["location"] for answer in answers} == {"/"}
    assert await User.all().count() == 1
    assert await OAuthIdentity.all().count() == 1
    assert await RefreshToken.all().count() == 8
    assert len(await audited("auth.register")) == 1


async def test_a_registration_at_the_same_time_leaves_one_account_and_its_owner(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    form = {"email": EMAIL, "password": "correct horse battery"}
    for _ in range(4):
        browser = Browser(http)
        await asyncio.gather(browser.sign_in(oidc), http.post("/v1/auth/register", json=form))
        (user,) = await User.all()
        # Whoever came first, the provider's word holds and the password is gone.
        assert (user.email_verified, user.password_hash) == (True, None)
        await User.all().delete()


async def test_keys_that_are_being_made_meanwhile_do_not_survive(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    """Whoever registered the address first makes keys all the while it is taken back."""
    squatter = await registered(http)

    async def make() -> httpx.Response:
        return await http.post("/v1/auth/api-keys", json={"name": "k"}, headers=squatter.bearer)

    made = [make() for _ in range(20)]
    answers = await asyncio.gather(*made[:10], Browser(http).sign_in(oidc), *made[10:])
    assert {answer.status_code for answer in answers} <= {201, 303, 401}
    assert await ApiKey.all().count() == 0
