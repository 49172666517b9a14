"""Lists and unlinks identities of a user; the last way to sign in is kept."""

from __future__ import annotations

from uuid import UUID

from api.audit import Action, record
from api.errors import IdentityNotFound, LastWayIn, UserNotFound
from api.request_context import RequestContext
from api.settings import Settings
from models import OAuthIdentity, User, database


async def identities_of(user_id: UUID) -> list[OAuthIdentity]:
    """A user's identities, oldest first; raises `UserNotFound`."""
    if await User.by_id(user_id) is None:
        raise UserNotFound
    return await OAuthIdentity.of_user(user_id)


async def unlink(
    settings: Settings, user_id: UUID, provider: str, context: RequestContext, *, actor_id: UUID
) -> None:
    """Deletes the identities of a user at a provider; sessions go on.

    Raises:
        UserNotFound: the user does not exist.
        IdentityNotFound: the user has no identity there.
        LastWayIn: the user could not sign in any more.
    """
    async with database.transaction():
        # Locked, so that of two concurrent requests the second sees what the first left.
        user = await User.held(user_id)
        if user is None:
            raise UserNotFound
        identities = await OAuthIdentity.of_user(user_id)
        if all(one.provider != provider for one in identities):
            raise IdentityNotFound
        rest = {one.provider for one in identities} - {provider}
        if not _is_way_in(settings, user, rest):
            raise LastWayIn
        await OAuthIdentity.remove_of_user(user_id, provider=provider)
        await record(
            Action.USER_UPDATED,
            context,
            actor_id=actor_id,
            user_id=user_id,
            detail={"changed": ["identities"], "provider": provider},
        )


def _is_way_in(settings: Settings, user: User, providers: set[str]) -> bool:
    """Whether a password or one of the providers lets the user in under these settings."""
    has_password = user.password_hash is not None and settings.password_auth_enabled
    return has_password or not providers.isdisjoint(settings.oauth_providers)
