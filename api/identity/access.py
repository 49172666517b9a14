"""Owns how an operator ends access of others by id: sessions, and keys one by one or many at once.

It does not check that the caller is an operator: that is the caller's door.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from api.errors import ApiKeyNotFound, SessionNotFound, UserNotFound
from api.identity.administration import Actor
from api.identity.audit import Action, record, record_each
from api.identity.occasion import Occasion
from models import ApiKey, RefreshToken, User, database


async def user_by_id(user_id: UUID) -> User:
    """The account of an id; raises `UserNotFound`."""
    user = await User.by_id(user_id)
    if user is None:
        raise UserNotFound
    return user


async def key_by_id(key_id: UUID) -> ApiKey:
    """The key of an id; raises `ApiKeyNotFound`."""
    key = await ApiKey.by_id(key_id)
    if key is None:
        raise ApiKeyNotFound
    return key


async def revoke_keys(
    key_ids: Sequence[UUID], actor: Actor, occasion: Occasion
) -> tuple[UUID, ...]:
    """Delete keys, all in one transaction; the ids of those that were not there."""
    wanted = tuple(dict.fromkeys(key_ids))
    async with database.transaction():
        owners = await ApiKey.remove_all(wanted)
        await record_each(
            Action.API_KEY_REVOKED,
            occasion,
            actor_id=actor.user_id,
            concerned=[
                (owners[key_id], actor.detail(key_id=str(key_id)))
                for key_id in wanted
                if key_id in owners
            ],
        )
    return tuple(key_id for key_id in wanted if key_id not in owners)


async def end_session(session_id: UUID, actor: Actor, occasion: Occasion) -> None:
    """End one session of anybody; raises `SessionNotFound`."""
    session = await RefreshToken.by_id(session_id)
    async with database.transaction():
        if session is None or not await RefreshToken.end(session_id):
            raise SessionNotFound
        await record(
            Action.SESSION_REVOKED,
            occasion,
            actor_id=actor.user_id,
            user_id=session.user_id,
            detail=actor.detail(session_id=str(session_id)),
        )
