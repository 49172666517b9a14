"""A sign-in with a provider, from the redirect to the session.

The module does not know HTTP: redirects and cookies are for the routes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from api.accounts.sessions import Tokens
from api.audit import Action, record, record_throttled
from api.errors import Throttled
from api.federation import linking
from api.federation.authorization_requests import (
    AuthorizationRequest,
    AuthorizationRequestSealer,
)
from api.federation.clients import ProviderClient
from api.federation.failures import ProviderTrouble, SignInCancelled, SignInFailed, refusal_of
from api.federation.providers import Provider
from api.request_context import RequestContext
from api.security.digests import is_same
from api.security.tokens import TokenSigner
from api.settings import Settings
from api.throttle import Throttle
from models import UsedState

# Characters of an authorization code; more than any known provider sends.
MAX_CODE_LENGTH = 4096

log = structlog.get_logger("everruns_auth.oauth")


class ProviderCollaborators(Protocol):
    """Collaborators of a sign-in with a provider; the process has one of each."""

    @property
    def settings(self) -> Settings: ...

    @property
    def tokens(self) -> TokenSigner: ...

    @property
    def throttle(self) -> Throttle: ...

    @property
    def authorization_requests(self) -> AuthorizationRequestSealer: ...

    @property
    def providers(self) -> Mapping[str, ProviderClient]: ...


@dataclass(frozen=True, slots=True)
class ProviderRedirect:
    """The URL that the browser is sent to, and the request that its cookie holds meanwhile."""

    url: str = field(repr=False)
    attempt: AuthorizationRequest


@dataclass(frozen=True, slots=True)
class Returned:
    """The parameters of the callback, and the cookie of the request."""

    state: str = field(repr=False)
    code: str = field(repr=False)
    error: str
    error_description: str = field(repr=False)
    issuer: str | None
    sealed: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class CompletedSignIn:
    """A sign-in that succeeded; `redirect_to` is the page that the browser opens, if it named one."""

    tokens: Tokens
    redirect_to: str | None


async def begin(
    services: ProviderCollaborators,
    provider: Provider,
    redirect_to: str | None,
    context: RequestContext,
) -> ProviderRedirect:
    """Begins an authorization request with `provider`.

    Raises:
        ProviderTrouble: the provider's discovery document cannot be read.
    """
    attempt = services.authorization_requests.begin(provider.name, redirect_to, context.now)
    try:
        url = await services.providers[provider.name].authorization_url(attempt)
    except ProviderTrouble as trouble:
        _log(trouble, provider, context)
        raise
    return ProviderRedirect(url=url, attempt=attempt)


async def complete(
    services: ProviderCollaborators, provider: Provider, returned: Returned, context: RequestContext
) -> CompletedSignIn:
    """Opens a session for the person whom the provider sent back.

    Raises:
        SignInFailed: with the code for the browser; it is logged and audited already.
        Throttled: too many callbacks from this network failed.
        Overloaded: too many have been in flight for too long.
        Unavailable: the store of counts does not answer.
    """
    try:
        return await _counted(services, provider, returned, context)
    except Throttled:
        await record_throttled("oauth", services.throttle, context)
        raise
    except SignInFailed as failed:
        _log(failed, provider, context)
        await record(
            Action.OAUTH_LOGIN,
            context,
            outcome="failure",
            user_id=failed.user_id,
            detail={"provider": provider.name, "error": failed.code},
        )
        raise


async def _counted(
    services: ProviderCollaborators, provider: Provider, returned: Returned, context: RequestContext
) -> CompletedSignIn:
    """Counts a failed callback against the network; generously where the provider is to blame.

    An `error` in the query counts as the browser's own failure: anybody can write one.
    """
    async with services.throttle.oauth(context) as attempt:
        try:
            return await _complete(services, provider, returned, context)
        except SignInFailed as failed:
            if isinstance(failed, ProviderTrouble) and not returned.error:
                await services.throttle.oauth_trouble(context)
            else:
                await attempt.count()
            raise


async def _complete(
    services: ProviderCollaborators, provider: Provider, returned: Returned, context: RequestContext
) -> CompletedSignIn:
    attempt = _attempt_of(services.authorization_requests, provider, returned, context)
    # Before any request to the provider: a state is used once, also by a callback that fails.
    if not await UsedState.use(attempt.state_hash, expires_at=attempt.expires_at):
        raise SignInFailed("this attempt came back before")
    if returned.error:
        raise refusal_of(
            returned.error,
            provider,
            description=returned.error_description,
            secrets=(returned.code, attempt.state, attempt.nonce, attempt.sealed),
        )
    if not 1 <= len(returned.code) <= MAX_CODE_LENGTH:
        raise SignInFailed("the provider sent no code")
    client = services.providers[provider.name]
    profile = await client.identify(
        returned.code, attempt, context.now, named_issuer=returned.issuer
    )
    tokens = await linking.sign_in_as(
        services.settings, services.tokens, provider, profile, context
    )
    return CompletedSignIn(tokens=tokens, redirect_to=attempt.redirect_to)


def _attempt_of(
    sealer: AuthorizationRequestSealer,
    provider: Provider,
    returned: Returned,
    context: RequestContext,
) -> AuthorizationRequest:
    """The request that this browser began with this provider (RFC 9700 §4.4, §4.7)."""
    sealed = returned.sealed
    attempt = sealer.open(sealed, context.now) if sealed else None
    if attempt is None:
        raise SignInFailed("the browser began no such attempt, or over ten minutes ago")
    if not is_same(attempt.state, returned.state) or attempt.provider != provider.name:
        raise SignInFailed("the attempt is another one, or another provider's")
    return attempt


def _log(failed: SignInFailed, provider: Provider, context: RequestContext) -> None:
    say = log.info if isinstance(failed, SignInCancelled) else log.warning
    say(
        "a sign-in with a provider failed",
        provider=provider.name,
        error=failed.code,
        why=failed.why,
        request_id=context.request_id,
    )
