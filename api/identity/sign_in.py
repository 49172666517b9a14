"""Owns the ways in by password: registering and logging in.

It knows the modes; what a session is, is in `sessions`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from api.errors import (
    EmailTaken,
    FieldError,
    Invalid,
    InvalidCredentials,
    PasswordRegistrationDisabled,
    PasswordSignInDisabled,
    RegistrationDisabled,
    Throttled,
)
from api.identity import operators
from api.identity.admission import environment_email, is_admitted
from api.identity.audit import Action, record
from api.identity.names import valid_name
from api.identity.occasion import Occasion
from api.identity.services import Services
from api.identity.sessions import Tokens, open_session
from api.identity.throttle import Attempt
from api.security.digests import is_same
from api.security.emails import EmailRejected, normalise_email, valid_email
from api.security.password_policy import objection
from api.security.passwords import MAX_LENGTH, normalise
from api.settings import Settings
from models import User, database


@dataclass(frozen=True, slots=True)
class Registration:
    """What a newcomer fills in."""

    email: str
    password: str = field(repr=False)
    name: str | None = None


async def register(
    services: Services, form: Registration, occasion: Occasion
) -> Tokens:
    """Make an account with the role `user`, and sign it in.

    Raises:
        RegistrationDisabled, PasswordRegistrationDisabled: the settings say so.
        Throttled: too many registrations from this address.
        Invalid: the address, the name or the password is not acceptable.
        EmailTaken: the address has an account.
    """
    settings = services.settings
    check_registration_is_open(settings)
    await services.throttle.register(occasion.ip_address)
    email, name = checked_identity(form.email, form.name)
    check_password(form.password, email=email, min_length=settings.password_min_length)
    password_hash = await services.hasher.hash(form.password)
    try:
        async with database.transaction():
            user = await User.add(
                email=email,
                name=name,
                roles=["user"],
                password_hash=password_hash,
                last_active_at=occasion.now,
                now=occasion.now,
            )
            tokens = await open_session(services, user, occasion)
            await record(Action.REGISTER, occasion, actor_id=user.id, user_id=user.id)
    except database.Duplicate:
        raise EmailTaken from None
    return tokens


def check_registration_is_open(settings: Settings) -> None:
    """Raise `RegistrationDisabled` or `PasswordRegistrationDisabled` where it is not."""
    if not settings.signup_enabled:
        raise RegistrationDisabled
    if settings.disable_password:
        raise PasswordRegistrationDisabled


def check_password_sign_in_is_open(settings: Settings) -> None:
    """Raise `PasswordSignInDisabled` where nobody signs in with a password."""
    if not settings.password_auth_enabled:
        raise PasswordSignInDisabled


def checked_identity(email: str, name: str | None) -> tuple[str, str]:
    """The address and the name of a new account; the name defaults to the address's first part."""
    try:
        address = valid_email(email)
    except EmailRejected as rejected:
        raise Invalid(FieldError("email", str(rejected))) from None
    return address, valid_name(name) if name and name.strip() else address.partition(
        "@"
    )[0]


def check_password(
    password: str, *, email: str, min_length: int, field: str = "password"
) -> None:
    """Raise `Invalid` with the reason when the policy does not accept a new password."""
    reason = objection(password, email=email, min_length=min_length)
    if reason is not None:
        raise Invalid(FieldError(field, reason))


async def log_in(
    services: Services, email: str, password: str, occasion: Occasion
) -> Tokens:
    """Begin a session for an address and its password.

    Raises:
        PasswordSignInDisabled: the settings say so.
        InvalidCredentials: unknown, wrong, without a password or disabled: one answer, one duration.
        Throttled: too many failed.
        Overloaded: too many sign-ins at once.
    """
    check_password_sign_in_is_open(services.settings)
    try:
        async with services.throttle.sign_in(email, occasion.ip_address) as attempt:
            if services.settings.mode == "admin":
                return await _log_in_environment(
                    services, email, password, (occasion, attempt)
                )
            return await _log_in_account(services, email, password, (occasion, attempt))
    except Throttled:
        if await services.throttle.is_audited_first("sign-in", occasion.ip_address):
            await record(
                Action.RATE_LIMITED,
                occasion,
                outcome="failure",
                detail={"what": "sign-in"},
            )
        raise


async def _log_in_account(
    services: Services, email: str, password: str, when: tuple[Occasion, Attempt]
) -> Tokens:
    occasion, attempt = when
    user = await User.by_email(normalise_email(email))
    stored = user.password_hash if user is not None else None
    # Overlong input is cut for hashing only; no stored password can be that long.
    verdict = await services.hasher.verify(password[: MAX_LENGTH + 1], stored)
    is_right = verdict.is_right and len(password) <= MAX_LENGTH
    if user is None or not is_right or not is_admitted(user, services.settings):
        await _refuse(attempt, occasion, user)
    async with database.transaction():
        is_still_so = await User.note_sign_in(
            user.id, verified_hash=stored, new_hash=verdict.new_hash, now=occasion.now
        )
        if is_still_so:
            tokens = await open_session(services, user, occasion)
            await record(Action.LOGIN, occasion, actor_id=user.id, user_id=user.id)
            return tokens
    # Disabled, or given another password, while this one was being verified.
    await _refuse(attempt, occasion, user)


async def _log_in_environment(
    services: Services, email: str, password: str, when: tuple[Occasion, Attempt]
) -> Tokens:
    """Mode admin: the password is the environment's, so it is compared, not hashed."""
    occasion, attempt = when
    expected = services.settings.admin_password
    assert expected is not None, "settings refuse mode admin without it"
    # Both comparisons, always: which one failed must not show.
    matches = [
        is_same(normalise_email(email), environment_email(services.settings)),
        is_same(normalise(password), normalise(expected.get_secret_value())),
    ]
    if not all(matches):
        await _refuse(attempt, occasion, None)
    user = await operators.environment_operator(services.settings, occasion)
    if not is_admitted(user, services.settings):
        await _refuse(attempt, occasion, user)
    async with database.transaction():
        if await User.note_sign_in(
            user.id, verified_hash=user.password_hash, new_hash=None, now=occasion.now
        ):
            tokens = await open_session(services, user, occasion)
            await record(Action.LOGIN, occasion, actor_id=user.id, user_id=user.id)
            return tokens
    await _refuse(attempt, occasion, user)


async def _refuse(attempt: Attempt, occasion: Occasion, user: User | None) -> NoReturn:
    """Count and record a failure, in the same steps whether or not there is such a user."""
    await attempt.failed()
    await record(
        Action.LOGIN,
        occasion,
        outcome="failure",
        user_id=user.id if user is not None else None,
    )
    raise InvalidCredentials
