"""Owns logging in by password: who is right, and what a failure costs.

What a session is, is in `sessions`; how often one may try, in `throttle`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from api.accounts import environment_operators
from api.accounts.sessions import Tokens, open_session
from api.audit import Action, record, record_throttled
from api.authentication.eligibility import environment_email, is_eligible
from api.errors import InvalidCredentials, PasswordSignInDisabled, Throttled
from api.request_context import RequestContext
from api.security.digests import is_same
from api.security.emails import normalise_email
from api.security.passwords import MAX_LENGTH, normalise
from api.services import Services
from api.settings import Settings
from api.throttle import is_known
from models import User, database


@dataclass(frozen=True, slots=True)
class _Claim:
    """Whom an address names, and whether the password proves it.

    The hashes say which stored password was verified, and what it should become.
    """

    user: User | None
    is_right: bool
    verified_hash: str | None = field(default=None, repr=False)
    new_hash: str | None = field(default=None, repr=False)


async def log_in(services: Services, email: str, password: str, context: RequestContext) -> Tokens:
    """Begin a session for an address and its password.

    Raises:
        PasswordSignInDisabled: the settings say so.
        InvalidCredentials: unknown, wrong, password-less or disabled: one answer, one duration.
        Throttled: too many failed.
        Overloaded: too many sign-ins at once.
        Unavailable: the store of rate limits does not answer.
    """
    check_password_sign_in_is_open(services.settings)
    check = _check_environment if services.settings.mode == "admin" else _check_account
    known = await is_known(email, context)
    try:
        async with services.throttle.sign_in(email, context, is_known=known) as attempt:
            claim = await check(services, email, password, context)
            tokens = await _admit(services, claim, context)
            if tokens is not None:
                return tokens
            await attempt.count()
    except Throttled:
        await record_throttled("sign-in", services.throttle, context)
        raise
    user_id = claim.user.id if claim.user is not None else None
    await record(Action.LOGIN, context, outcome="failure", user_id=user_id)
    raise InvalidCredentials


def check_password_sign_in_is_open(settings: Settings) -> None:
    """Raise `PasswordSignInDisabled` where nobody signs in with a password."""
    if not settings.password_auth_enabled:
        raise PasswordSignInDisabled


async def _check_account(
    services: Services, email: str, password: str, _context: RequestContext
) -> _Claim:
    user = await User.by_email(normalise_email(email))
    stored = user.password_hash if user is not None else None
    # Overlong input is cut for hashing only; no stored password can be that long.
    verdict = await services.hasher.verify(password[: MAX_LENGTH + 1], stored)
    return _Claim(
        user=user,
        is_right=verdict.is_right and len(password) <= MAX_LENGTH,
        verified_hash=stored,
        new_hash=verdict.new_hash,
    )


async def _check_environment(
    services: Services, email: str, password: str, context: RequestContext
) -> _Claim:
    """Mode admin: the password is the environment's, so it is compared, not hashed."""
    expected = services.settings.admin_password
    assert expected is not None, "settings refuse mode admin without it"
    # Both comparisons, always: which one failed must not show.
    matches = [
        is_same(normalise_email(email), environment_email(services.settings)),
        is_same(normalise(password), normalise(expected.get_secret_value())),
    ]
    if not all(matches):
        return _Claim(user=None, is_right=False)
    user = await environment_operators.environment_operator(services.settings, context)
    return _Claim(user=user, is_right=True, verified_hash=user.password_hash)


async def _admit(services: Services, claim: _Claim, context: RequestContext) -> Tokens | None:
    """Open the session; None when the claim is wrong, or stopped being right meanwhile."""
    user = claim.user
    if user is None or not claim.is_right or not is_eligible(user, services.settings):
        return None
    async with database.transaction():
        if not await User.note_sign_in(
            user.id,
            verified_hash=claim.verified_hash,
            new_hash=claim.new_hash,
            now=context.now,
        ):
            # Disabled, or given another password, while this one was being verified.
            return None
        tokens = await open_session(services, user, context)
        await record(Action.LOGIN, context, actor_id=user.id, user_id=user.id)
        return tokens
