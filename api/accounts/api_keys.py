"""Creates, lists and revokes API keys. A key is shown once and stored as a digest."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from api.audit import Action, record
from api.authentication.principal import EVERYTHING, Principal
from api.errors import (
    ApiKeyNotFound,
    FieldError,
    Invalid,
    InvalidToken,
    ScopeRequired,
    SessionRequired,
)
from api.request_context import RequestContext
from api.security.digests import digest, key_prefix, new_api_key
from api.security.display_names import valid_name
from models import ApiKey, RefreshToken, User, database

MAX_SCOPES = 32
# A hundred years: later expiries would soon pass the year 9999.
MAX_DAYS = 36_500
READ_KEYS = "keys:read"
WRITE_KEYS = "keys:write"

_SCOPE = re.compile(r"[a-z0-9:._*-]{1,64}")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just created: its row, and its text, which is shown once."""

    row: ApiKey
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """The wanted name, scopes and lifetime of a key; no scopes means every scope."""

    name: str
    scopes: tuple[str, ...] = ()
    expires_in_days: int | None = None


async def create(principal: Principal, wish: KeyRequest, context: RequestContext) -> NewKey:
    """Creates a key of the principal's user.

    Raises:
        SessionRequired: the credential is a key; a key never creates a key.
        Invalid: the name, a scope or the number of days is not acceptable.
        InvalidToken: the session or the user ended meanwhile.
    """
    if principal.method == "api_key":
        raise SessionRequired
    name, scopes = valid_name(wish.name), _valid_scopes(wish.scopes)
    days = _valid_days(wish.expires_in_days)
    key = new_api_key()
    async with database.transaction():
        if await User.held(principal.user_id) is None:
            raise InvalidToken
        row = await ApiKey.add(
            user_id=principal.user_id,
            now=context.now,
            name=name,
            key_hash=digest(key),
            key_prefix=key_prefix(key),
            scopes=list(scopes),
            expires_at=context.now + timedelta(days=days) if days else None,
        )
        await _keep_session(principal)
        await _record(Action.API_KEY_CREATED, principal, context, row.id)
    return NewKey(row=row, key=key)


async def _keep_session(principal: Principal) -> None:
    """Locks the session until the key is committed.

    Taking an account back ends its sessions, then its keys: a key under way must be committed
    before that, or not at all. The user is locked before the session, in one order everywhere.
    """
    if principal.session_id is not None and not await RefreshToken.is_held(principal.session_id):
        raise InvalidToken


async def keys_of(principal: Principal) -> list[ApiKey]:
    """The keys of the principal's user, newest first."""
    if not principal.has_scope(READ_KEYS):
        raise ScopeRequired
    return await ApiKey.of_user(principal.user_id)


async def revoke(principal: Principal, key_id: UUID, context: RequestContext) -> None:
    """Deletes a key of the principal's own user.

    Raises:
        ScopeRequired: the credential is a key without `keys:write`.
        ApiKeyNotFound: the key does not exist, or is another user's.
    """
    if not principal.has_scope(WRITE_KEYS):
        raise ScopeRequired
    async with database.transaction():
        if not await ApiKey.remove(key_id, user_id=principal.user_id):
            raise ApiKeyNotFound
        await _record(Action.API_KEY_REVOKED, principal, context, key_id)


async def _record(
    action: Action, principal: Principal, context: RequestContext, key_id: UUID
) -> None:
    await record(
        action,
        context,
        actor_id=principal.user_id,
        user_id=principal.user_id,
        detail={"key_id": str(key_id)},
    )


def _valid_scopes(scopes: tuple[str, ...]) -> tuple[str, ...]:
    if len(scopes) > MAX_SCOPES:
        raise Invalid(FieldError("scopes", f"A key has at most {MAX_SCOPES} scopes"))
    if not all(_SCOPE.fullmatch(scope) for scope in scopes):
        raise Invalid(
            FieldError("scopes", "A scope is 1 to 64 of the characters a-z 0-9 : . _ * and -")
        )
    return tuple(dict.fromkeys(scopes)) or (EVERYTHING,)


def _valid_days(days: int | None) -> int | None:
    if days is not None and not 1 <= days <= MAX_DAYS:
        words = f"expires_in_days: Must be a whole number from 1 to {MAX_DAYS}"
        raise Invalid(FieldError("expires_in_days", words))
    return days
