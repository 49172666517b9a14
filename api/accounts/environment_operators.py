"""The operators that the environment names, and the anonymous one; prepared once at start.

An account that somebody else registered under the operator's address does not inherit the role.
"""

from __future__ import annotations

import asyncio

import structlog

from api.accounts.password import replace_password
from api.accounts.registration import check_password
from api.audit import Action, record
from api.authentication.authenticator import anonymous_user
from api.authentication.eligibility import environment_email
from api.errors import FieldError, Invalid, UserNotFound
from api.request_context import RequestContext
from api.security import passwords
from api.settings import Settings
from models import ANONYMOUS_ID, ApiKey, OAuthIdentity, User, database

ADMIN_NAME = "Admin"

log = structlog.get_logger("everruns_auth.operators")


async def prepare(settings: Settings, context: RequestContext) -> None:
    """Creates or updates the rows that the mode needs, before requests are served."""
    if settings.mode != "none" and settings.admin_password is not None:
        _warn_of_password(settings)
    try:
        await _prepare(settings, context)
    except UserNotFound:
        # Another node's operator deleted the account meanwhile; it is created again.
        await _prepare(settings, context)


async def _prepare(settings: Settings, context: RequestContext) -> None:
    if settings.mode == "none":
        await anonymous_user(ANONYMOUS_ID, context)
    elif settings.mode == "admin":
        await _prepare_admin(settings, context)
    elif settings.admin_email:
        await _prepare_full(settings, context)


async def environment_operator(settings: Settings, context: RequestContext) -> User:
    """The row of AUTH_ADMIN_EMAIL, created if it does not exist."""
    user = await User.by_email(environment_email(settings))
    return user if user is not None else await _create(settings, context)


async def _prepare_admin(settings: Settings, context: RequestContext) -> None:
    """Mode admin: sets the account to what the environment says."""
    user = await environment_operator(settings, context)
    if not user.is_operator:
        await _take_over(user, settings, context, keys_end=True)
    elif not await _has_environment_password(user, settings):
        await _take_over(user, settings, context, keys_end=False)
    if user.is_disabled:
        log.warning("the operator is disabled: everruns-admin enable-user lets it in again")


async def _prepare_full(settings: Settings, context: RequestContext) -> None:
    """Mode full: created if absent; an account that exists becomes operator only if there is none."""
    user = await User.by_email(environment_email(settings))
    if user is None:
        await _create(settings, context)
    elif await User.enabled_operators() == 0:
        await _take_over(user, settings, context, keys_end=True)
    elif user.is_operator and not user.is_disabled:
        if not await _has_environment_password(user, settings):
            log.warning(
                "AUTH_ADMIN_PASSWORD is not the password of AUTH_ADMIN_EMAIL's account, which is "
                "left alone: everruns-admin set-password changes it"
            )
    else:
        log.warning(
            "AUTH_ADMIN_EMAIL is the address of an account that is no enabled operator; it is left "
            "alone, because there is another operator: everruns-admin set-role changes it"
        )


async def _create(settings: Settings, context: RequestContext) -> User:
    password_hash = await _hash(settings)
    try:
        async with database.transaction():
            user = await User.add(
                email=environment_email(settings),
                name=ADMIN_NAME,
                roles=["admin"],
                email_verified=True,
                password_hash=password_hash,
                now=context.now,
            )
            await record(
                Action.USER_CREATED,
                context,
                user_id=user.id,
                detail={"by": "environment"},
            )
            return user
    except database.Duplicate:
        # Another node inserted it between our query and our insert.
        found = await User.by_email(environment_email(settings))
        if found is None:
            raise
        return found


async def _take_over(
    user: User, settings: Settings, context: RequestContext, *, keys_end: bool
) -> None:
    """Gives the account to the holder of the environment: new password, sessions ended."""
    password_hash = await _hash(settings)
    was_operator = user.is_operator
    columns: dict[str, object] = {}
    if not was_operator:
        columns = {"roles": ["admin"], "email_verified": True}
    if settings.mode == "full":
        columns["disabled_at"] = None
    async with database.transaction():
        held = await User.held(user.id)
        sessions = await replace_password(held, password_hash, context) if held else None
        if sessions is None:
            raise UserNotFound
        await user.change(context.now, **columns)
        keys = await ApiKey.remove_of_user(user.id) if keys_end else 0
        identities = await OAuthIdentity.remove_of_user(user.id) if keys_end else 0
        await record(
            Action.PASSWORD_CHANGED if was_operator else Action.USER_UPDATED,
            context,
            user_id=user.id,
            detail={
                "by": "environment",
                "sessions": sessions,
                "api_keys": keys,
                "identities": identities,
            },
        )
    log.warning("AUTH_ADMIN_EMAIL's account was given AUTH_ADMIN_PASSWORD; its sessions ended")


def _warn_of_password(settings: Settings) -> None:
    """Logs why the policy would refuse the password; it is accepted all the same."""
    try:
        check_password(_environment_password(settings), environment_email(settings), settings)
    except Invalid as weak:
        log.warning(f"AUTH_ADMIN_PASSWORD is weak: {weak.detail}")


async def _has_environment_password(user: User, settings: Settings) -> bool:
    return await asyncio.to_thread(
        passwords.verify_password,
        _environment_password(settings),
        user.password_hash or "",
    )


async def _hash(settings: Settings) -> str:
    return await asyncio.to_thread(
        passwords.hash_password, _environment_password(settings), settings.bcrypt_cost
    )


def _environment_password(settings: Settings) -> str:
    if settings.admin_password is None:
        raise Invalid(FieldError("AUTH_ADMIN_PASSWORD", "AUTH_ADMIN_PASSWORD is not set"))
    return settings.admin_password.get_secret_value()
