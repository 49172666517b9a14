"""The client of each configured provider, of the kind that its protocol needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from api.federation.authorization_requests import AuthorizationRequest
from api.federation.profile import Profile
from api.federation.providers import Provider, configured
from api.settings import Settings


class ProviderClient(Protocol):
    """A provider, whatever protocol it speaks. Every method may raise `SignInFailed`."""

    async def authorization_url(self, attempt: AuthorizationRequest) -> str:
        """The URL of the provider's authorization page, for this request (RFC 6749 §4.1.1)."""
        ...

    async def identify(
        self, code: str, attempt: AuthorizationRequest, now: datetime, *, named_issuer: str | None
    ) -> Profile:
        """Exchanges `code` for the profile of the person who signed in.

        `named_issuer` is the callback's `iss` parameter (RFC 9207), None where it had none.
        """
        ...

    async def close(self) -> None:
        """Closes the connections to the provider."""
        ...


def clients_of(settings: Settings) -> Mapping[str, ProviderClient]:
    """The client of each configured provider, by the provider's name."""
    return {provider.name: _client(provider) for provider in configured(settings)}


def _client(provider: Provider) -> ProviderClient:
    # Imported here: a server without providers starts a fifth of a second sooner.
    if provider.protocol == "github":
        from api.federation.github import GitHubClient  # noqa: PLC0415

        return GitHubClient(provider)
    from api.federation.openid import OpenIdClient  # noqa: PLC0415

    return OpenIdClient(provider)
