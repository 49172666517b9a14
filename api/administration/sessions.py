"""Ends sessions for an operator: one, or all of a user.

The caller must have checked that the request is an operator's.
"""

from __future__ import annotations

from uuid import UUID

from api.administration.actor import Actor, record_of
from api.audit import Action, record
from api.errors import SessionNotFound
from api.request_context import RequestContext
from models import RefreshToken, User, database


async def end_session(session_id: UUID, actor: Actor, context: RequestContext) -> None:
    """Ends one session of any user.

    Raises:
        SessionNotFound: it does not exist, or ended meanwhile.
    """
    session = await RefreshToken.by_id(session_id)
    async with database.transaction():
        if session is None or not await RefreshToken.end(session_id):
            raise SessionNotFound
        await record(
            Action.SESSION_REVOKED,
            context,
            actor_id=actor.user_id,
            user_id=session.user_id,
            detail=actor.detail(session_id=str(session_id)),
        )


async def force_logout(user: User, actor: Actor, context: RequestContext) -> int:
    """Ends every session of a user and returns their number; API keys go on working."""
    async with database.transaction():
        count = await RefreshToken.end_of_user(user.id)
        await record_of(user, Action.USER_LOGGED_OUT, actor, context, sessions=count)
    return count
