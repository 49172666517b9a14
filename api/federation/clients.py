"""Makes the client of each configured provider, of the kind that its protocol needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from api.federation.authorization_requests import AuthorizationRequest
from api.federation.profile import Profile
from api.federation.providers import Provider, configured
from api.settings import Settings


class ProviderClient(Protocol):
    """How a provider is asked, whatever it speaks; all raise `SignInFailed`."""

    async def authorization_url(self, attempt: AuthorizationRequest) -> str: ...

    async def identify(
        self, code: str, attempt: AuthorizationRequest, now: datetime, *, named_issuer: str | None
    ) -> Profile: ...

    async def close(self) -> None: ...


def clients_of(settings: Settings) -> Mapping[str, ProviderClient]:
    """The clients by their providers' names; empty where none is configured."""
    return {provider.name: _client(provider) for provider in configured(settings)}


def _client(provider: Provider) -> ProviderClient:
    # Imported where they are wanted: a fifth of a second at the start of a server that has none.
    if provider.protocol == "github":
        from api.federation.github import GitHubClient  # noqa: PLC0415

        return GitHubClient(provider)
    from api.federation.openid import OpenIdClient  # noqa: PLC0415

    return OpenIdClient(provider)
