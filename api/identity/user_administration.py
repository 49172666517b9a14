"""Owns how an operator finds a user, gives them a password, and ends them.

It does not check that the caller is an operator: that is the caller's door.
"""

from __future__ import annotations

from uuid import UUID

from api.audit import Action
from api.errors import LastOperator, UserNotFound
from api.identity.actor import Actor, record_of
from api.request_context import Occasion
from api.security.emails import normalise_email
from models import ANONYMOUS_ID, RefreshToken, User, database


async def user_by_id(user_id: UUID) -> User:
    """The account of an id; raises `UserNotFound`."""
    user = await User.by_id(user_id)
    if user is None:
        raise UserNotFound
    return user


async def user_by_email(email: str) -> User:
    """The account of an address; raises `UserNotFound`."""
    user = await User.by_email(normalise_email(email))
    if user is None:
        raise UserNotFound
    return user


async def set_password(user: User, password_hash: str, actor: Actor, occasion: Occasion) -> int:
    """Replace a password and end every session; how many there were.

    Raises:
        UserNotFound: somebody deleted the user meanwhile.
    """
    async with database.transaction():
        if await User.held(user.id) is None:
            raise UserNotFound
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
