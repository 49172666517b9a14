"""Resolves a credential to a principal: the hot path, and the one seam through which all ask.

Every question goes to the database, in one query, so a revoked credential is refused on the very
next request. It does not know how a credential travels.
"""

from __future__ import annotations

from uuid import UUID

from api.errors import ApiKeyExpired, InvalidApiKey, InvalidApiKeyFormat, InvalidToken
from api.identity.admission import is_admitted
from api.identity.occasion import Occasion
from api.identity.principal import Principal, principal_of
from api.identity.usage import KeyUsage
from api.security.digests import digest, is_api_key
from api.security.emails import ANONYMOUS
from api.security.tokens import TokenRejected, TokenSigner
from api.settings import Settings
from models import ANONYMOUS_ID, ApiKey, RefreshToken, User, database

ANONYMOUS_NAME = "Anonymous"


class Authority:
    """Answers who is asking; only rows speak for a user, never a token's claims."""

    def __init__(self, settings: Settings, tokens: TokenSigner, usage: KeyUsage) -> None:
        self._settings = settings
        self._tokens = tokens
        self._usage = usage

    async def by_access_token(self, token: str, occasion: Occasion) -> Principal:
        """The principal of a session's access token.

        Raises:
            InvalidToken: it does not verify, is expired, or its session or user is gone.
        """
        try:
            claims = self._tokens.read_access(token, occasion.now)
        except TokenRejected:
            raise InvalidToken from None
        session = await RefreshToken.by_id(claims.session_id)
        if session is None or session.is_expired(occasion.now):
            raise InvalidToken
        if session.user_id != claims.user_id or not is_admitted(session.user, self._settings):
            raise InvalidToken
        return principal_of(session.user, "jwt", session_id=session.id)

    async def by_api_key(self, key: str, occasion: Occasion) -> Principal:
        """The principal of an API key, whose use is noted.

        Raises:
            InvalidApiKeyFormat: it is not `evr_` and 64 hex digits.
            InvalidApiKey: it does not exist, or its user may not act.
            ApiKeyExpired: its time is over.
        """
        if not is_api_key(key):
            raise InvalidApiKeyFormat
        row = await ApiKey.by_digest(digest(key))
        if row is None or not is_admitted(row.user, self._settings):
            raise InvalidApiKey
        if row.is_expired(occasion.now):
            raise ApiKeyExpired
        self._usage.note(row.id, occasion.now, occasion.ip_address)
        scopes = tuple(scope for scope in row.scopes if isinstance(scope, str))
        return principal_of(row.user, "api_key", scopes=scopes, key_id=row.id)

    async def anonymous(self, occasion: Occasion) -> Principal:
        """The operator that everybody is in mode none: a real row, made anew if it is gone."""
        return principal_of(await anonymous_user(ANONYMOUS_ID, occasion), "none")


async def anonymous_user(user_id: UUID, occasion: Occasion) -> User:
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
            now=occasion.now,
        )
    except database.Duplicate:
        found = await User.by_id(user_id)
        if found is None:
            raise
        return found
