"""Resolves a credential to a principal: the hot path, and the one place where all requests ask.

A verified credential is cached, and the cache is used only while this process hears of every
change; a revoked credential is therefore refused on the very next request, and a check costs
microseconds. Every other credential takes one query. The module does not know how a credential
travels.
"""

from __future__ import annotations

import math
from datetime import datetime
from uuid import UUID

from api.authentication.credential_cache import CachedCredential, CredentialCache
from api.authentication.eligibility import is_eligible
from api.authentication.last_used import LastUsed
from api.authentication.principal import Principal, principal_of, shared
from api.errors import ApiKeyExpired, InvalidApiKey, InvalidApiKeyFormat, InvalidToken
from api.request_context import RequestContext
from api.security.digests import digest, fingerprint, is_api_key
from api.security.emails import ANONYMOUS
from api.security.tokens import TokenRejected, TokenSigner
from api.settings import Settings
from models import ANONYMOUS_ID, ApiKey, RefreshToken, User, database
from models.engines.invalidation import Invalidation

ANONYMOUS_NAME = "Anonymous"
# The credential under which mode none caches its operator.
NO_CREDENTIAL = ""


class Authenticator:
    """Authenticates requests; a user's data comes from the rows, never from a token's claims."""

    def __init__(
        self,
        settings: Settings,
        tokens: TokenSigner,
        usage: LastUsed,
        *,
        memory: CredentialCache,
        invalidation: Invalidation,
    ) -> None:
        self._settings = settings
        self._tokens = tokens
        self._usage = usage
        self._memory = memory
        self._invalidation = invalidation

    def recall(self, credential: str, now: float) -> CachedCredential | None:
        """The cached entry of a credential, if the cache can be trusted at this moment, else None.

        `now` is in seconds since the epoch. Costs one digest, one dictionary read, one comparison
        and one check for changes.
        """
        # The check for changes comes first, because it removes the entries that changed.
        return (
            self._memory.recall(fingerprint(credential), now)
            if self._invalidation.is_current()
            else None
        )

    def note_use(self, key_id: UUID, at: float, ip_address: str | None) -> None:
        """Notes the use of a cached key; `at` is in seconds since the epoch."""
        self._usage.note(key_id, at, ip_address)

    async def by_access_token(self, token: str, context: RequestContext) -> Principal:
        """The principal of a session's access token.

        Raises:
            InvalidToken: it does not verify, has expired, or its session or user is gone.
        """
        known = self.recall(token, context.now.timestamp())
        if known is not None and known.principal.method == "jwt":
            return known.principal
        try:
            claims = self._tokens.read_access(token, context.now)
        except TokenRejected:
            raise InvalidToken from None
        mark = self._mark()
        session = await RefreshToken.by_id(claims.session_id)
        if session is None or session.is_expired(context.now):
            raise InvalidToken
        if session.user_id != claims.user_id or not is_eligible(session.user, self._settings):
            raise InvalidToken
        principal = principal_of(session.user, "jwt", session_id=session.id)
        self._remember(token, principal, mark, min(claims.expires_at, session.expires_at))
        return principal

    async def by_api_key(
        self, key: str, context: RequestContext, *, is_use: bool = True
    ) -> Principal:
        """The principal of an API key; notes the use if `is_use`.

        Raises:
            InvalidApiKeyFormat: it is not `evr_` and 64 hex digits.
            InvalidApiKey: no such key exists, or its user may not authenticate.
            ApiKeyExpired: it has expired.
        """
        if not is_api_key(key):
            raise InvalidApiKeyFormat
        known = self.recall(key, context.now.timestamp())
        principal = known.principal if known is not None else await self._ask_key(key, context)
        assert principal.key_id is not None
        if is_use:
            self._usage.note(principal.key_id, context.now.timestamp(), context.ip_address)
        return principal

    async def _ask_key(self, key: str, context: RequestContext) -> Principal:
        mark = self._mark()
        row = await ApiKey.by_digest(digest(key))
        if row is None or not is_eligible(row.user, self._settings):
            raise InvalidApiKey
        if row.is_expired(context.now):
            raise ApiKeyExpired
        scopes = shared(scope for scope in row.scopes if isinstance(scope, str))
        principal = principal_of(row.user, "api_key", scopes=scopes, key_id=row.id)
        self._remember(key, principal, mark, row.expires_at)
        return principal

    async def anonymous(self, context: RequestContext) -> Principal:
        """The operator of mode none: a real row, which is created again if it is gone."""
        known = self.recall(NO_CREDENTIAL, context.now.timestamp())
        if known is not None:
            return known.principal
        mark = self._mark()
        principal = principal_of(await anonymous_user(ANONYMOUS_ID, context), "none")
        self._remember(NO_CREDENTIAL, principal, mark, None)
        return principal

    def _mark(self) -> int | None:
        """The cache's mark before a query; None when the result must not be cached."""
        return self._memory.mark if self._invalidation.is_current() else None

    def _remember(
        self, credential: str, principal: Principal, mark: int | None, until: datetime | None
    ) -> None:
        if mark is None:
            return
        entry = CachedCredential(
            principal=principal,
            expires_at=until.timestamp() if until is not None else math.inf,
            mark=mark,
        )
        self._memory.remember(fingerprint(credential), entry)


async def anonymous_user(user_id: UUID, context: RequestContext) -> User:
    """The row of the anonymous operator."""
    user = await User.by_id(user_id)
    if user is not None:
        return user
    try:
        return await User.add(
            id=user_id,
            email=ANONYMOUS,
            name=ANONYMOUS_NAME,
            roles=["admin"],
            now=context.now,
        )
    except database.Duplicate:
        found = await User.by_id(user_id)
        if found is None:
            raise
        return found
