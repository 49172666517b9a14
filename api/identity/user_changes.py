"""Owns what an operator decides about a user in one go: making one, and changing several things.

It does not check that the caller is an operator: that is the caller's door.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from api.errors import UserNotFound
from api.identity import administration
from api.identity.administration import Actor, NewUser, keep_an_operator, valid_roles
from api.identity.audit import Action, record
from api.identity.names import valid_name
from api.identity.occasion import Occasion
from api.identity.principal import OPERATOR
from api.identity.registration import check_password, checked_identity
from api.identity.services import Services
from models import RefreshToken, User, database


@dataclass(frozen=True, slots=True)
class Form:
    """An account to make; without a password it can sign in only through a provider."""

    email: str
    name: str | None = None
    password: str | None = field(default=None, repr=False)
    roles: tuple[str, ...] = ("user",)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user is to be from now on; None leaves it as it is."""

    name: str | None = None
    roles: tuple[str, ...] | None = None
    disabled: bool | None = None


async def create(services: Services, form: Form, actor: Actor, occasion: Occasion) -> User:
    """Make an account.

    Raises:
        Invalid: the address, the name, a role or the password is not acceptable.
        EmailTaken: the address has an account.
        Overloaded: no thread became free to hash the password.
    """
    email, _ = checked_identity(form.email, form.name)
    valid_roles(form.roles)
    hashed = None
    if form.password is not None:
        min_length = services.settings.password_min_length
        check_password(form.password, email=email, min_length=min_length)
        hashed = await services.hasher.hash(form.password)
    new = NewUser(form.email, form.name, roles=form.roles, password_hash=hashed)
    return await administration.create_user(new, actor, occasion)


async def change(user_id: UUID, wanted: Wanted, actor: Actor, occasion: Occasion) -> None:
    """Change a user, all of it or nothing; what is so already is left alone.

    Raises:
        UserNotFound: there is no such user.
        Invalid: the name or a role is not acceptable.
        LastOperator: nobody would be left to operate.
    """
    name = valid_name(wanted.name) if wanted.name is not None else None
    roles = valid_roles(wanted.roles) if wanted.roles is not None else None
    async with database.transaction():
        await User.lock()
        user = await User.by_id(user_id)
        if user is None:
            raise UserNotFound
        changes = _changes(user, Wanted(name, roles, wanted.disabled), occasion)
        if not changes:
            return
        if wanted.disabled or (roles is not None and OPERATOR not in roles):
            await keep_an_operator(user)
        await user.change(occasion.now, **changes)
        detail = await _carry_out(user, changes)
        await record(
            Action.USER_UPDATED,
            occasion,
            actor_id=actor.user_id,
            user_id=user.id,
            detail=actor.detail(**detail),
        )


def _changes(user: User, wanted: Wanted, occasion: Occasion) -> dict[str, object]:
    """The columns that become others."""
    changes: dict[str, object] = {}
    if wanted.name is not None and wanted.name != user.name:
        changes["name"] = wanted.name
    if wanted.roles is not None and list(wanted.roles) != user.roles:
        changes["roles"] = list(wanted.roles)
    if wanted.disabled is not None and wanted.disabled != user.is_disabled:
        changes["disabled_at"] = occasion.now if wanted.disabled else None
    return changes


async def _carry_out(user: User, changes: dict[str, object]) -> dict[str, object]:
    """What else a change brings with it, and what the trail says of it all."""
    detail: dict[str, object] = {}
    if "name" in changes:
        detail["changed"] = ["name"]
    if "roles" in changes:
        detail["roles"] = changes["roles"]
    if "disabled_at" in changes:
        detail["disabled"] = user.is_disabled
    if user.is_disabled and "disabled_at" in changes:
        # As `administration.disable`: enabling the user again revives no session.
        detail["sessions"] = await RefreshToken.end_of_user(user.id)
    return detail
