"""Creates, finds, changes and deletes users for an operator.

The caller must have checked that the request is an operator's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from uuid import UUID

from api.accounts.password import replace_password
from api.accounts.registration import check_password, checked_identity
from api.administration.actor import Actor, record_of
from api.audit import Action
from api.authentication.principal import OPERATOR
from api.errors import EmailTaken, FieldError, Invalid, LastOperator, UserNotFound
from api.hashing import PasswordHasher
from api.request_context import RequestContext
from api.security.display_names import valid_name
from api.security.emails import normalise_email
from api.settings import Settings
from models import ANONYMOUS_ID, RefreshToken, User, database

_ROLE = re.compile(r"[a-z0-9._:-]{1,32}")
MAX_ROLES = 32


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to create; without a password it can sign in only with a provider."""

    email: str
    name: str | None = None
    password: str | None = field(default=None, repr=False)
    roles: tuple[str, ...] = ("user",)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The new values of a user; None leaves a column as it is."""

    name: str | None = None
    roles: tuple[str, ...] | None = None
    disabled: bool | None = None


async def create(
    form: NewUser,
    actor: Actor,
    context: RequestContext,
    *,
    settings: Settings,
    hasher: PasswordHasher,
) -> User:
    """Creates an account.

    Raises:
        SessionRequired: a key may not set a password or make an operator.
        Invalid: the address, the name, a role or the password is not acceptable.
        EmailTaken: the address has an account.
        Overloaded: no thread became free to hash the password.
        InvalidToken, InvalidApiKey, AdminRequired: the actor was shut out meanwhile.
    """
    if form.password is not None or OPERATOR in form.roles:
        actor.refuse_key()
    email, name = checked_identity(form.email, form.name)
    roles = list(_valid_roles(form.roles))
    password_hash = None
    if form.password is not None:
        check_password(form.password, email, settings)
        password_hash = await hasher.hash(form.password)
    try:
        async with database.transaction():
            user = await User.add(
                email=email,
                name=name,
                roles=roles,
                password_hash=password_hash,
                now=context.now,
            )
            await actor.keep()
            await record_of(user, Action.USER_CREATED, actor, context, roles=roles)
    except database.Duplicate:
        raise EmailTaken from None
    return user


async def change(user_id: UUID, wanted: Wanted, actor: Actor, context: RequestContext) -> User:
    """Changes a user in one transaction; values that are equal already are left out.

    A disabled user is refused on the very next request. Sessions end, so that enabling the user
    revives none (OWASP ASVS 3.3.3), also when somebody disabled the row by hand. Keys, which
    programs hold, are refused until the user is enabled.

    Raises:
        SessionRequired: a key may not make an operator.
        UserNotFound: the user does not exist.
        Invalid: the name or a role is not acceptable.
        LastOperator: no enabled operator would be left.
    """
    name = valid_name(wanted.name) if wanted.name is not None else None
    roles = _valid_roles(wanted.roles) if wanted.roles is not None else None
    async with database.transaction():
        await User.lock()
        user = await User.held(user_id)
        if user is None:
            raise UserNotFound
        changes = _changes(user, Wanted(name, roles, wanted.disabled), context)
        if OPERATOR in (roles or ()) and not user.is_operator:
            actor.refuse_key()
        if wanted.disabled or (roles is not None and OPERATOR not in roles):
            await keep_an_operator(user, actor)
        if changes:
            await user.change(context.now, **changes)
        ended = await RefreshToken.end_of_user(user.id) if wanted.disabled else 0
        if changes or ended:
            detail = _detail(user, changes, ended)
            await record_of(user, Action.USER_UPDATED, actor, context, **detail)
    return user


def _changes(user: User, wanted: Wanted, context: RequestContext) -> dict[str, object]:
    """The columns whose values differ, with the new ones."""
    changes: dict[str, object] = {}
    if wanted.name is not None and wanted.name != user.name:
        changes["name"] = wanted.name
    if wanted.roles is not None and list(wanted.roles) != user.roles:
        changes["roles"] = list(wanted.roles)
    if wanted.disabled is not None and wanted.disabled != user.is_disabled:
        changes["disabled_at"] = context.now if wanted.disabled else None
    return changes


def _detail(user: User, changes: dict[str, object], ended: int) -> dict[str, object]:
    """The detail of the audit row."""
    detail: dict[str, object] = {}
    if "name" in changes:
        detail["changed"] = ["name"]
    if "roles" in changes:
        detail["roles"] = changes["roles"]
    if "disabled_at" in changes or ended:
        detail["disabled"] = user.is_disabled
        if user.is_disabled:
            detail["sessions"] = ended
    return detail


def _valid_roles(roles: tuple[str, ...]) -> tuple[str, ...]:
    """The roles without duplicates; raises `Invalid` for too many or malformed ones."""
    if len(roles) > MAX_ROLES or not all(_ROLE.fullmatch(role) for role in roles):
        raise Invalid(
            FieldError(
                "roles", f"At most {MAX_ROLES} roles of 1 to 32 of the characters a-z 0-9 . _ : -"
            )
        )
    return tuple(dict.fromkeys(roles))


async def user_by_id(user_id: UUID) -> User:
    """The user with this id; raises `UserNotFound`."""
    user = await User.by_id(user_id)
    if user is None:
        raise UserNotFound
    return user


async def user_by_email(email: str) -> User:
    """The user with this address, in any spelling; raises `UserNotFound`."""
    user = await User.by_email(normalise_email(email))
    if user is None:
        raise UserNotFound
    return user


async def set_password(
    user: User, password_hash: str, actor: Actor, context: RequestContext
) -> int:
    """Replaces a password and ends every session; returns their number.

    Raises:
        UserNotFound: the user was deleted meanwhile.
    """
    async with database.transaction():
        held = await User.held(user.id)
        ended = await replace_password(held, password_hash, context) if held is not None else None
        if ended is None:
            raise UserNotFound
        await record_of(user, Action.PASSWORD_CHANGED, actor, context, sessions=ended)
    return ended


async def delete_user(user: User, actor: Actor, context: RequestContext) -> None:
    """Deletes a user with sessions, keys and identities.

    Raises:
        LastOperator: no enabled operator would be left.
        UserNotFound: the user was deleted meanwhile.
    """
    async with database.transaction():
        await keep_an_operator(user, actor)
        if not await User.remove(user.id):
            raise UserNotFound
        await record_of(user, Action.USER_DELETED, actor, context, email=user.email)


async def keep_an_operator(user: User, actor: Actor) -> None:
    """Raises `LastOperator` if no other enabled operator exists; locks until the transaction ends."""
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
