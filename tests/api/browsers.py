"""A browser's journey to a provider and back, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import httpx

from api.settings import Settings
from tests.support.applications import settings_for
from tests.support.fake_providers import CLIENT_ID, CLIENT_SECRET, FakeGitHub, FakeProvider


@dataclass
class Browser:
    """Keeps cookies as a browser does, whatever the host; shows all of them each time."""

    http: httpx.AsyncClient
    jar: dict[str, str] = field(default_factory=dict)

    async def get(self, url: str, **query: str) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        headers = {"Cookie": cookie} if cookie else {}
        answer = await self.http.get(url, params=query, headers=headers)
        for morsel in cookies_of(answer).values():
            if morsel["max-age"] == "0":
                self.jar.pop(morsel.key, None)
            else:
                self.jar[morsel.key] = morsel.value
        return answer

    async def depart(self, provider: str = "oidc", **query: str) -> str:
        """Where the provider is, as the browser is sent there."""
        answer = await self.get(f"/v1/auth/oauth/{provider}", **query)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def arrive(self, provider: str = "oidc", **query: str) -> httpx.Response:
        return await self.get(f"/v1/auth/callback/{provider}", **query)

    async def sign_in(self, fake: FakeProvider, provider: str = "", **query: str) -> httpx.Response:
        """The whole journey, with somebody who agrees."""
        provider = provider or ("github" if isinstance(fake, FakeGitHub) else "oidc")
        return await self.arrive(provider, **fake.approve(await self.depart(provider, **query)))

    async def me(self) -> dict[str, Any]:
        answer = await self.get("/v1/auth/me")
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    @property
    def attempts(self) -> list[str]:
        """The names of the attempts' cookies."""
        return [name for name in self.jar if "oauth_" in name]


def cookies_of(answer: httpx.Response) -> dict[str, Any]:
    found: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        found.load(line)
    return dict(found)


def with_oidc(url: str, fake: FakeProvider, **variables: str) -> Settings:
    """Settings of a server whose generic provider is the fake."""
    return settings_for(
        url,
        **{
            "AUTH_OIDC_ISSUER": fake.url,
            "AUTH_OIDC_CLIENT_ID": CLIENT_ID,
            "AUTH_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            **variables,
        },
    )


def with_github(url: str, fake: FakeProvider, **variables: str) -> Settings:
    """Settings of a server whose GitHub is the fake."""
    return settings_for(
        url,
        **{
            "AUTH_GITHUB_URL": fake.url,
            "AUTH_GITHUB_API_URL": fake.url,
            "AUTH_GITHUB_CLIENT_ID": CLIENT_ID,
            "AUTH_GITHUB_CLIENT_SECRET": CLIENT_SECRET,
            **variables,
        },
    )


def failure(answer: httpx.Response) -> str:
    """The code that a failed journey ends with."""
    assert answer.status_code == 303, answer.text
    place, _, code = answer.headers["location"].partition("/login?error=")
    assert place == "http://auth.test"
    assert "access_token" not in cookies_of(answer)
    return code
