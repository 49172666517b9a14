"""The client of an OpenID Connect provider (OpenID Connect Core §3.1)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwk

from api.federation import id_tokens
from api.federation.authorization_requests import AuthorizationRequest
from api.federation.cached_document import CachedDocument
from api.federation.discovery import PATH, Metadata, metadata_of
from api.federation.failures import ClientRefused, ProviderTrouble, SignInFailed
from api.federation.id_tokens import Expected, Unverified
from api.federation.profile import Profile, fit_email, fit_name, fit_picture, fit_subject
from api.federation.provider_http import ProviderHttp
from api.federation.providers import Provider


class OpenIdClient:
    """Signs people in at one provider; caches its discovery document and its keys.

    `clock` gives monotonic seconds, for the age of what is cached.
    """

    def __init__(self, provider: Provider, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._provider = provider
        self._outbound = ProviderHttp(provider)
        self._metadata = CachedDocument(self._fetch_metadata, clock=clock)
        self._keys = CachedDocument(self._fetch_keys, clock=clock)
        self._accepted_way: str | None = None

    async def authorization_url(self, attempt: AuthorizationRequest) -> str:
        """The URL of the provider's authorization page, with state, nonce and PKCE challenge.

        Raises:
            ProviderTrouble: the discovery document cannot be read.
        """
        metadata = await self._metadata.fresh()
        url, _ = self._outbound.client().create_authorization_url(
            metadata.authorization_endpoint,
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.code_verifier,
        )
        return str(url)

    async def identify(
        self, code: str, attempt: AuthorizationRequest, now: datetime, *, named_issuer: str | None
    ) -> Profile:
        """Exchanges `code` and verifies the id token; `named_issuer` is the callback's `iss`.

        Raises:
            SignInFailed: the provider refuses the code, or the id token is not valid.
            ProviderTrouble: the provider is unreachable, or its answer is malformed.
        """
        metadata = await self._metadata.fresh()
        # Before the code goes anywhere: it may be another provider's (RFC 9207 §2.4).
        if named_issuer not in (
            (metadata.issuer,) if metadata.names_itself else (metadata.issuer, None)
        ):
            raise SignInFailed("the answer names another issuer, or none where it should")
        client, token = await self._exchange(metadata, code, attempt)
        expected = Expected(
            algorithms=metadata.algorithms,
            issuer=metadata.issuer,
            client_id=self._provider.client_id,
            nonce=attempt.nonce,
            access_token=token["access_token"],
        )
        claims = await self._claims(token.get("id_token"), expected, now)
        if "email" not in claims and metadata.userinfo_endpoint:
            claims = await self._completed(claims, metadata.userinfo_endpoint, client)
        return _profile(claims)

    async def close(self) -> None:
        """Closes the connections to the provider."""
        await self._outbound.close()

    async def _exchange(
        self, metadata: Metadata, code: str, attempt: AuthorizationRequest
    ) -> tuple[AsyncOAuth2Client, dict[str, Any]]:
        """The client that asked, and the token response.

        A provider announces its ways to take the secret, not the one that this client was
        registered for. Where one is refused the next is tried, which does not spend the code (RFC
        6749 §4.1.3).
        """
        ways = sorted(metadata.auth_methods, key=lambda way: way != self._accepted_way)
        for way in ways:
            client = self._outbound.client(auth_method=way)
            try:
                token = await self._outbound.exchange(
                    client, metadata.token_endpoint, code, attempt.code_verifier
                )
            except ClientRefused:
                if way == ways[-1]:
                    raise
            else:
                self._accepted_way = way
                return client, token
        raise AssertionError("a provider has at least one way")

    async def _claims(self, token: object, expected: Expected, now: datetime) -> dict[str, Any]:
        try:
            return id_tokens.read(token, await self._keys.fresh(), expected, now)
        except Unverified:
            # The provider may have new keys since, under old names too, and sign in a new way.
            metadata, keys = await self._metadata.newer(), await self._keys.newer()
        try:
            return id_tokens.read(
                token, keys, replace(expected, algorithms=metadata.algorithms), now
            )
        except Unverified as unverified:
            raise SignInFailed(str(unverified)) from None

    async def _completed(
        self, claims: dict[str, Any], url: str, client: AsyncOAuth2Client
    ) -> dict[str, Any]:
        """The claims, completed from the userinfo endpoint; the signed ones win."""
        more = await self._outbound.read(url, client)
        # Core §5.3.2: the response must be about the same subject, else it could be somebody else's.
        if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
            raise ProviderTrouble("the userinfo endpoint speaks of somebody else (its claim sub)")
        return {**more, **claims}

    async def _fetch_metadata(self) -> Metadata:
        document = await self._outbound.read(self._provider.issuer + PATH)
        return metadata_of(document, self._provider.issuer)

    async def _fetch_keys(self) -> tuple[jwk.Key, ...]:
        metadata = await self._metadata.fresh()
        keys = id_tokens.public_keys(await self._outbound.read(metadata.jwks_uri))
        if not keys:
            raise ProviderTrouble("the provider publishes no key that can be used")
        return keys


def _profile(claims: dict[str, Any]) -> Profile:
    subject = fit_subject(claims.get("sub"))
    if subject is None:
        raise SignInFailed("the id token's claim sub cannot be kept")
    hosted_domain = claims.get("hd")
    return Profile(
        subject=subject,
        email=fit_email(claims.get("email")),
        is_email_verified=_is_true(claims.get("email_verified")),
        name=fit_name(claims.get("name")),
        picture=fit_picture(claims.get("picture")),
        hosted_domain=hosted_domain if isinstance(hosted_domain, str) else None,
    )


def _is_true(value: object) -> bool:
    """Whether the value is true or "true", as some providers write it; nothing else means yes."""
    return value is True or value == "true"
