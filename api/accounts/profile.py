"""Changes the display name of a signed-in user."""

from __future__ import annotations

from api.audit import Action, record
from api.authentication.principal import Principal
from api.errors import (
    AuthenticationRequired,
)
from api.request_context import RequestContext
from api.security.display_names import valid_name
from models import User, database


async def rename(principal: Principal, name: str, context: RequestContext) -> User:
    """Changes the principal's display name.

    Raises:
        Invalid: the name is not acceptable.
        AuthenticationRequired: the account was deleted meanwhile.
    """
    accepted = valid_name(name)
    async with database.transaction():
        user = await User.held(principal.user_id)
        if user is None:
            raise AuthenticationRequired
        await user.change(context.now, name=accepted)
        await record(
            Action.USER_UPDATED,
            context,
            actor_id=user.id,
            user_id=user.id,
            detail={"changed": ["name"]},
        )
    return user
