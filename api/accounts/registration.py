"""Creates accounts by registration with a password, and checks the fields of new accounts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from api.accounts.collaborators import SignInCollaborators
from api.accounts.gate import RegistrationProof, admit
from api.accounts.sessions import Tokens
from api.audit import record_throttled
from api.errors import (
    EmailTaken,
    FieldError,
    Invalid,
    PasswordRegistrationDisabled,
    RegistrationDisabled,
    Throttled,
    Unavailable,
)
from api.request_context import RequestContext
from api.security.display_names import MAX_LENGTH, valid_name
from api.security.emails import EmailRejected, valid_email
from api.security.password_policy import objection
from api.settings import Settings
from models import User, database


@dataclass(frozen=True, slots=True)
class Registration:
    """The form of a registration."""

    email: str
    password: str = field(repr=False)
    name: str | None = None


async def register(
    services: SignInCollaborators, form: Registration, context: RequestContext
) -> Tokens:
    """Creates an account with the role `user`, and opens its first session.

    Raises:
        RegistrationDisabled, PasswordRegistrationDisabled: the settings say so.
        Invalid: the address, the name or the password is not acceptable; such a form is not
            counted.
        Throttled: too many registrations from this network.
        Overloaded: too many sign-ins at once.
        Unavailable: the store of counts does not answer.
        EmailTaken: the address has an account.
    """
    settings = services.settings
    check_registration_is_open(settings)
    email, name = checked_identity(form.email, form.name)
    check_password(form.password, email, settings)
    try:
        async with services.throttle.registration(context) as attempt:
            tokens = await _register(services, email, name, form.password, context)
            # Where the store is away now, the attempt's flight counts until its minute is over.
            with suppress(Unavailable):
                await attempt.count()
    except Throttled:
        await record_throttled("registration", services.throttle, context)
        raise
    return tokens


async def _register(
    services: SignInCollaborators, email: str, name: str, password: str, context: RequestContext
) -> Tokens:
    password_hash = await services.hasher.hash(password)
    try:
        async with database.transaction():
            user = await User.add(
                email=email,
                name=name,
                roles=["user"],
                password_hash=password_hash,
                last_active_at=context.now,
                now=context.now,
            )
            return await admit(
                services.settings, services.tokens, user, RegistrationProof(), context
            )
    except database.Duplicate:
        raise EmailTaken from None


def check_registration_is_open(settings: Settings) -> None:
    """Raises `RegistrationDisabled` or `PasswordRegistrationDisabled` where it is closed."""
    if not settings.signup_enabled:
        raise RegistrationDisabled
    if settings.disable_password:
        raise PasswordRegistrationDisabled


def checked_identity(email: str, name: str | None) -> tuple[str, str]:
    """The address and the name of a new account, normalised.

    Without a name it is the part of the address before the @.

    Raises:
        Invalid: the address or the name is not acceptable.
    """
    try:
        address = valid_email(email)
    except EmailRejected as rejected:
        raise Invalid(FieldError("email", str(rejected))) from None
    return address, valid_name(name) if name else address.rpartition("@")[0][:MAX_LENGTH]


def check_password(
    password: str, email: str, settings: Settings, *, field: str = "password"
) -> None:
    """Raises `Invalid` with the reason if the policy refuses a new password."""
    reason = objection(
        password,
        email=email,
        host=settings.public_host,
        min_length=settings.password_min_length,
    )
    if reason is not None:
        raise Invalid(FieldError(field, reason))
