"""The client of GitHub and of GitHub Enterprise Server, which speak OAuth 2.0 without id tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api.federation.authorization_requests import AuthorizationRequest
from api.federation.failures import ProviderTrouble
from api.federation.profile import Profile, fit_email, fit_name, fit_picture
from api.federation.provider_http import ProviderHttp
from api.federation.providers import Provider


class GitHubClient:
    """Signs people in at one GitHub."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._outbound = ProviderHttp(provider)

    async def authorization_url(self, attempt: AuthorizationRequest) -> str:
        """The URL of GitHub's authorization page, with state and PKCE challenge (RFC 7636)."""
        url, _ = self._outbound.client().create_authorization_url(
            f"{self._provider.issuer}/login/oauth/authorize",
            state=attempt.state,
            code_verifier=attempt.code_verifier,
        )
        return str(url)

    async def identify(
        self,
        code: str,
        attempt: AuthorizationRequest,
        now: datetime,  # noqa: ARG002  (as every client is asked)
        *,
        named_issuer: str | None,  # noqa: ARG002
    ) -> Profile:
        """Who came back with `code`; raises `SignInFailed` and `ProviderTrouble`.

        GitHub signs nothing, so there is no time to check. Where it names itself (RFC 9207), the
        name is not known beforehand; its redirect URI is its own and tells it from the others.
        """
        client = self._outbound.client()
        endpoint = f"{self._provider.issuer}/login/oauth/access_token"
        await self._outbound.exchange(client, endpoint, code, attempt.code_verifier)
        user = await self._outbound.read(f"{self._provider.api_url}/user", client)
        emails = await self._outbound.read(
            f"{self._provider.api_url}/user/emails?per_page=100", client
        )
        return _profile(user, emails)

    async def close(self) -> None:
        """Closes the connections to GitHub."""
        await self._outbound.close()


def _profile(user: Any, emails: Any) -> Profile:
    if not isinstance(user, dict) or not _is_id(user.get("id")):
        raise ProviderTrouble("/user answered without an id")
    email = _primary_verified(emails)
    return Profile(
        # The numeric id, because a login can be given up and taken by somebody else.
        subject=str(user["id"]),
        email=email,
        is_email_verified=email is not None,
        name=fit_name(user.get("name")) or fit_name(user.get("login")),
        picture=fit_picture(user.get("avatar_url")),
    )


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _primary_verified(emails: Any) -> str | None:
    """The primary address if GitHub verified it; `/user` shows a public one, which is not used."""
    if not isinstance(emails, list):
        raise ProviderTrouble("/user/emails answered with no list")
    for entry in emails:
        if (
            isinstance(entry, dict)
            and entry.get("primary") is True
            and entry.get("verified") is True
        ):
            return fit_email(entry.get("email"))
    return None
