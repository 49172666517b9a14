"""Owns what an operator does to users, sessions and keys of others, whoever asks for it.

It does not check that the caller is an operator: that is the caller's door.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn
from uuid import UUID

from api.errors import (
    ApiKeyNotFound,
    EmailTaken,
    FieldError,
    Invalid,
    LastOperator,
    UserNotFound,
)
from api.identity.audit import Action, record
from api.identity.occasion import Occasion
from api.identity.principal import OPERATOR
from api.identity.registration import checked_identity
from api.security.digests import digest, is_api_key
from api.security.emails import normalise_email
from models import ANONYMOUS_ID, ApiKey, RefreshToken, User, database

# Shorter, it would name a key by chance.
_PREFIX = re.compile(r"evr_[0-9a-f]{8,}")
_ROLE = re.compile(r"[a-z0-9._:-]{1,32}")
MAX_ROLES = 32


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: an operator by id, or a tool by name."""

    user_id: UUID | None = None
    tool: str | None = None

    def detail(self, **more: object) -> dict[str, object]:
        return {**({"by": self.tool} if self.tool else {}), **more}


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to make; without a hash it cannot sign in with a password."""

    email: str
    name: str | None = None
    roles: tuple[str, ...] = ("user",)
    password_hash: str | None = field(default=None, repr=False)


async def create_user(form: NewUser, actor: Actor, occasion: Occasion) -> User:
    """Make an account.

    Raises:
        Invalid: the address, the name or a role is not acceptable.
        EmailTaken: the address has an account.
    """
    email, name = checked_identity(form.email, form.name)
    roles = valid_roles(form.roles)
    try:
        async with database.transaction():
            user = await User.add(
                email=email,
                name=name,
                roles=list(roles),
                password_hash=form.password_hash,
                now=occasion.now,
            )
            await _record(Action.USER_CREATED, user, actor, occasion, roles=list(roles))
    except database.Duplicate:
        raise EmailTaken from None
    return user


async def user_by_email(email: str) -> User:
    """The account of an address; raises `UserNotFound`."""
    user = await User.by_email(normalise_email(email))
    if user is None:
        raise UserNotFound
    return user


async def set_roles(user: User, roles: tuple[str, ...], actor: Actor, occasion: Occasion) -> None:
    """Replace a user's roles; raises `LastOperator` when nobody would be left to operate."""
    accepted = valid_roles(roles)
    async with database.transaction():
        if OPERATOR not in accepted:
            await keep_an_operator(user)
        await user.change(occasion.now, roles=list(accepted))
        await _record(Action.USER_UPDATED, user, actor, occasion, roles=list(accepted))


async def disable(user: User, actor: Actor, occasion: Occasion) -> None:
    """Shut a user out, on the very next request; raises `LastOperator`.

    Sessions end, so that enabling the user again revives none (OWASP ASVS 3.3.3); keys, which
    programs hold, are refused until then.
    """
    async with database.transaction():
        await keep_an_operator(user)
        await user.change(occasion.now, disabled_at=occasion.now)
        ended = await RefreshToken.end_of_user(user.id)
        await _record(Action.USER_UPDATED, user, actor, occasion, disabled=True, sessions=ended)


async def enable(user: User, actor: Actor, occasion: Occasion) -> None:
    """Let a user in again."""
    async with database.transaction():
        await user.change(occasion.now, disabled_at=None)
        await _record(Action.USER_UPDATED, user, actor, occasion, disabled=False)


async def set_password(user: User, password_hash: str, actor: Actor, occasion: Occasion) -> int:
    """Replace a password and end every session; how many there were."""
    async with database.transaction():
        await user.change(occasion.now, password_hash=password_hash)
        ended = await RefreshToken.end_of_user(user.id)
        await _record(Action.PASSWORD_CHANGED, user, actor, occasion, sessions=ended)
    return ended


async def delete_user(user: User, actor: Actor, occasion: Occasion) -> None:
    """Delete a user with sessions, keys and identities; raises `LastOperator`."""
    async with database.transaction():
        await keep_an_operator(user)
        await user.delete()
        await _record(Action.USER_DELETED, user, actor, occasion, email=user.email)


async def force_logout(user: User, actor: Actor, occasion: Occasion) -> int:
    """End every session of a user; how many there were. API keys go on working."""
    async with database.transaction():
        count = await RefreshToken.end_of_user(user.id)
        await _record(Action.USER_LOGGED_OUT, user, actor, occasion, sessions=count)
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


def valid_roles(roles: tuple[str, ...]) -> tuple[str, ...]:
    """The roles without repetitions; raises `Invalid`."""
    if len(roles) > MAX_ROLES or not all(_ROLE.fullmatch(role) for role in roles):
        raise Invalid(
            FieldError(
                "roles", f"At most {MAX_ROLES} roles of 1 to 32 of the characters a-z 0-9 . _ : -"
            )
        )
    return tuple(dict.fromkeys(roles))


async def keep_an_operator(user: User) -> None:
    """Refuse what would leave no enabled operator, in the running transaction."""
    await User.lock()
    current = await User.by_id(user.id)
    is_counted = (
        current is not None
        and current.is_operator
        and not current.is_disabled
        and user.id != ANONYMOUS_ID
    )
    if is_counted and await User.enabled_operators(besides=user.id) == 0:
        raise LastOperator


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


async def _record(
    action: Action, user: User, actor: Actor, occasion: Occasion, **detail: object
) -> None:
    await record(
        action,
        occasion,
        actor_id=actor.user_id,
        user_id=user.id,
        detail=actor.detail(**detail),
    )
