"""Who at a provider is let in at all: the disabled, strangers, and domains that are allowed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from models import OAuthIdentity, User
from tests.api.browsers import Browser, failure, with_oidc
from tests.api.clients import answering, by_hand
from tests.api.people import registered, verify
from tests.support.fake_providers import FakeOpenId
from tests.support.people import Person

pytestmark = pytest.mark.anyio

EMAIL = "ann@example.com"
VERIFIED = {"email": EMAIL, "email_verified": True}


async def test_a_disabled_user_stays_out(
    http: httpx.AsyncClient, oidc: FakeOpenId, ann: Person, database_url: str
) -> None:
    await verify(ann)
    await Browser(http).sign_in(oidc)
    await by_hand(database_url, "UPDATE users SET disabled_at = '2026-01-01 00:00:00+00:00'")
    assert failure(await Browser(http).sign_in(oidc)) == "oauth_not_permitted"
    await OAuthIdentity.all().delete()
    assert failure(await Browser(http).sign_in(oidc)) == "oauth_not_permitted"
    assert await OAuthIdentity.all().count() == 0


async def test_the_anonymous_operator_is_never_joined(
    http: httpx.AsyncClient, oidc: FakeOpenId, database_url: str
) -> None:
    await by_hand(
        database_url,
        "INSERT INTO users (id, email, name, roles, email_verified, created_at, updated_at) VALUES "
        "('00000000-0000-0000-0000-000000000001', 'anonymous@local', 'A', '[\"admin\"]', TRUE, "
        "'2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00')",
    )
    oidc.user["email"] = "Anonymous@Local"
    assert failure(await Browser(http).sign_in(oidc)) == "oauth_not_permitted"
    assert await OAuthIdentity.all().count() == 0


async def test_without_signup_only_those_who_are_there_come_in(
    database_url: str, oidc: FakeOpenId
) -> None:
    async with answering(with_oidc(database_url, oidc)) as http:
        await verify(await registered(http))
    async with answering(with_oidc(database_url, oidc, AUTH_DISABLE_SIGNUP="yes")) as http:
        browser = Browser(http)
        await browser.sign_in(oidc)
        assert (await browser.me())["email"] == EMAIL
        oidc.user.update(sub="subject-2", email="bob@example.com")
        assert failure(await Browser(http).sign_in(oidc)) == "oauth_not_permitted"
        assert await User.all().count() == 1


async def test_without_an_address_there_is_no_new_user(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    odd = ("a@b@c", 7, "x" * 250 + "@example.com", "bob\ufe0f@example.com", "\uff41@example.com")
    unfit: tuple[Any, ...] = (None, "", "no address", *odd)
    for email in unfit:
        oidc.user["email"] = email
        assert failure(await Browser(http).sign_in(oidc)) == "oauth_not_permitted", email
    assert await User.all().count() == 0


DOMAINS: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"email": "Ann@EXAMPLE.com"}, True),
    ({"hd": "Example.COM"}, True),
    ({"email": "ann@other.example", "hd": "other.example"}, True),
    ({"hd": "evil.example"}, False),
    ({"email_verified": False}, False),
    ({"email": None}, False),
    ({"email": "ann@sub.example.com"}, False),
    ({"email": "ann@evil-example.com"}, False),
    ({"email": "ann@example.com.evil.example"}, False),
    ({"email": '"ann@example.com"@evil.example'}, False),
    ({"email": "ann@evil.example", "hd": "example.com"}, False),
]


async def test_only_addresses_of_allowed_domains_come_in(
    database_url: str, oidc: FakeOpenId
) -> None:
    allowed = {"AUTH_OIDC_ALLOWED_DOMAINS": "Example.com, other.example"}
    async with answering(with_oidc(database_url, oidc, **allowed)) as http:
        for number, (changes, is_let_in) in enumerate(DOMAINS):
            oidc.user = {"sub": f"subject-{number}", **VERIFIED, **changes}
            await User.all().delete()
            answer = await Browser(http).sign_in(oidc)
            assert (answer.headers["location"] == "/") is is_let_in, changes
            assert is_let_in or failure(answer) == "oauth_not_permitted"


async def test_an_account_that_exists_is_bound_to_the_domains_too(
    database_url: str, oidc: FakeOpenId
) -> None:
    async with answering(with_oidc(database_url, oidc)) as http:
        await Browser(http).sign_in(oidc)
    allowed = {"AUTH_OIDC_ALLOWED_DOMAINS": "other.example"}
    async with answering(with_oidc(database_url, oidc, **allowed)) as http:
        assert failure(await Browser(http).sign_in(oidc)) == "oauth_not_permitted"
