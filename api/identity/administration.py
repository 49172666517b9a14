"""Owns how an operator ends a user, a password, the sessions of a user and a key, whoever asks.

It does not check that the caller is an operator: that is the caller's door.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from api.errors import (
    AdminRequired,
    ApiKeyNotFound,
    FieldError,
    Invalid,
    InvalidApiKey,
    InvalidToken,
    LastOperator,
    UserNotFound,
)
from api.identity.audit import Action, record
from api.identity.occasion import Occasion
from api.security.digests import digest, is_api_key
from api.security.emails import normalise_email
from models import ANONYMOUS_ID, ApiKey, RefreshToken, User, database

# Shorter, it would name a key by chance.
_PREFIX = re.compile(r"evr_[0-9a-f]{8,}")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: an operator by id, or a tool by name.

    An operator shows a session or a key. Where one address alone is admitted (mode admin),
    `only_operator` is that.
    """

    user_id: UUID | None = None
    tool: str | None = None
    session_id: UUID | None = None
    key_id: UUID | None = None
    only_operator: str | None = None

    def detail(self, **more: object) -> dict[str, object]:
        return {**({"by": self.tool} if self.tool else {}), **more}

    async def keep(self) -> None:
        """Hold the operator's right until the running transaction ends.

        For what takes long between the door and the transaction: somebody who is shut out must not
        go on making operators meanwhile. Locks are taken in one order everywhere, the user's before
        the session's or the key's.

        Raises:
            InvalidToken, InvalidApiKey, AdminRequired: the right has ended.
        """
        if self.user_id is None or (self.session_id is None and self.key_id is None):
            return
        user = await User.held(self.user_id)
        if user is None or user.is_disabled:
            raise InvalidToken
        if not user.is_operator:
            raise AdminRequired
        if self.session_id is not None and not await RefreshToken.is_held(self.session_id):
            raise InvalidToken
        if self.key_id is not None and not await ApiKey.is_held(self.key_id):
            raise InvalidApiKey


async def user_by_email(email: str) -> User:
    """The account of an address; raises `UserNotFound`."""
    user = await User.by_email(normalise_email(email))
    if user is None:
        raise UserNotFound
    return user


async def set_password(user: User, password_hash: str, actor: Actor, occasion: Occasion) -> int:
    """Replace a password and end every session; how many there were."""
    async with database.transaction():
        await user.change(occasion.now, password_hash=password_hash)
        ended = await RefreshToken.end_of_user(user.id)
        await record_of(user, Action.PASSWORD_CHANGED, actor, occasion, sessions=ended)
    return ended


async def delete_user(user: User, actor: Actor, occasion: Occasion) -> None:
    """Delete a user with sessions, keys and identities.

    Raises:
        LastOperator: nobody would be left to operate.
        UserNotFound: somebody else was quicker.
    """
    async with database.transaction():
        await keep_an_operator(user, actor)
        if not await User.remove(user.id):
            raise UserNotFound
        await record_of(user, Action.USER_DELETED, actor, occasion, email=user.email)


async def force_logout(user: User, actor: Actor, occasion: Occasion) -> int:
    """End every session of a user; how many there were. API keys go on working."""
    async with database.transaction():
        count = await RefreshToken.end_of_user(user.id)
        await record_of(user, Action.USER_LOGGED_OUT, actor, occasion, sessions=count)
    return count


async def key_by_id_or_prefix(text: str) -> ApiKey:
    """The one key that `text` names: its id, the whole key, or its beginning.

    Raises:
        ApiKeyNotFound: none.
        Invalid: several keys begin so.
    """
    found = await _keys_named(text)
    if not found:
        raise ApiKeyNotFound
    if len(found) > 1:
        _refuse_ambiguous(found)
    return found[0]


async def revoke_key(key: ApiKey, actor: Actor, occasion: Occasion) -> None:
    """Delete a key; raises `ApiKeyNotFound` when it is gone already."""
    async with database.transaction():
        if not await ApiKey.remove(key.id):
            raise ApiKeyNotFound
        await record(
            Action.API_KEY_REVOKED,
            occasion,
            actor_id=actor.user_id,
            user_id=key.user_id,
            detail=actor.detail(key_id=str(key.id)),
        )


async def keep_an_operator(user: User, actor: Actor) -> None:
    """Refuse what would leave no enabled operator who is admitted, in the running transaction."""
    await User.lock()
    current = await User.by_id(user.id)
    is_counted = (
        current is not None
        and current.is_operator
        and not current.is_disabled
        and user.id != ANONYMOUS_ID
    )
    if not is_counted:
        return
    if actor.only_operator is not None:
        is_last = user.email == actor.only_operator
    else:
        is_last = await User.enabled_operators(besides=user.id) == 0
    if is_last:
        raise LastOperator


async def record_of(
    user: User, action: Action, actor: Actor, occasion: Occasion, **detail: object
) -> None:
    """Write what an operator did to a user, in the running transaction."""
    await record(
        action,
        occasion,
        actor_id=actor.user_id,
        user_id=user.id,
        detail=actor.detail(**detail),
    )


async def _keys_named(text: str) -> list[ApiKey]:
    try:
        key = await ApiKey.by_id(UUID(text))
    except ValueError:
        if is_api_key(text):
            whole = await ApiKey.by_digest(digest(text))
            return [whole] if whole is not None else []
        prefix = text.removesuffix("...")
        return await ApiKey.by_prefix(prefix) if _PREFIX.fullmatch(prefix) else []
    return [key] if key is not None else []


def _refuse_ambiguous(found: list[ApiKey]) -> NoReturn:
    named = ", ".join(f"{key.id} ({key.name})" for key in found)
    raise Invalid(FieldError("key", f"Several keys begin so; name one by its id: {named}"))
