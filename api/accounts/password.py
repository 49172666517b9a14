"""Replaces passwords; a signed-in user's own is verified first."""

from __future__ import annotations

from uuid import UUID

from api.accounts.collaborators import PasswordCollaborators
from api.accounts.registration import check_password
from api.audit import Action, record, record_throttled
from api.authentication.principal import Principal
from api.errors import (
    AuthenticationRequired,
    PasswordIsInEnvironment,
    PasswordSignInDisabled,
    Throttled,
    WrongCurrentPassword,
)
from api.request_context import RequestContext
from api.security.passwords import MAX_LENGTH
from api.settings import Settings
from api.throttle import is_known
from models import RefreshToken, User, database


async def change_password(
    services: PasswordCollaborators,
    principal: Principal,
    current: str,
    new: str,
    context: RequestContext,
) -> None:
    """Replaces the password and ends every other session of the user (OWASP ASVS 2.1.5, 3.3.3).

    Raises:
        PasswordIsInEnvironment: in mode admin the variable is the password.
        PasswordSignInDisabled: the settings disable passwords.
        WrongCurrentPassword: counted like a failed sign-in.
        Invalid: the policy refuses the new password.
        Throttled: too many wrong ones.
        Overloaded: too many sign-ins at once.
        Unavailable: the store of counts does not answer.
    """
    check_password_is_ours(services.settings)
    user = await _row_of(principal)
    check_password(new, user.email, services.settings, field="new_password")
    await _verify_current(services, user, current, context)
    new_hash = await services.hasher.hash(new)
    async with database.transaction():
        ended = await replace_password(user, new_hash, context, keep_session=principal.session_id)
        if ended is None:
            raise WrongCurrentPassword
        await record(
            Action.PASSWORD_CHANGED,
            context,
            actor_id=user.id,
            user_id=user.id,
            detail={"sessions": ended},
        )


async def replace_password(
    user: User, new_hash: str, context: RequestContext, *, keep_session: UUID | None = None
) -> int | None:
    """Replaces a password in the running transaction, and ends every session but `keep_session`.

    Returns the number of ended sessions; None, and nothing is changed, if the password is not the
    one that `user` was read with, or the user is gone.
    """
    if not await User.replace_password(
        user.id, verified_hash=user.password_hash, new_hash=new_hash, now=context.now
    ):
        return None
    return await RefreshToken.end_of_user(user.id, but=keep_session)


def check_password_is_ours(settings: Settings) -> None:
    """Raises `PasswordIsInEnvironment` or `PasswordSignInDisabled` where none can be changed."""
    if settings.mode == "admin":
        raise PasswordIsInEnvironment
    if not settings.password_auth_enabled:
        raise PasswordSignInDisabled


async def _verify_current(
    services: PasswordCollaborators, user: User, current: str, context: RequestContext
) -> None:
    known = await is_known(user.email, context)
    try:
        async with services.throttle.sign_in(user.email, context, is_known=known) as attempt:
            verdict = await services.hasher.verify(current[: MAX_LENGTH + 1], user.password_hash)
            if verdict.is_right and len(current) <= MAX_LENGTH:
                return
            await attempt.count()
    except Throttled:
        await record_throttled("password", services.throttle, context, user_id=user.id)
        raise
    await record(
        Action.PASSWORD_CHANGED,
        context,
        outcome="failure",
        actor_id=user.id,
        user_id=user.id,
    )
    raise WrongCurrentPassword


async def _row_of(principal: Principal) -> User:
    user = await User.by_id(principal.user_id)
    if user is None:
        # The user was deleted since the credential was checked.
        raise AuthenticationRequired
    return user
