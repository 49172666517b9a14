"""Signs in with a password.

Sessions are in `sessions`, limits in `throttle`.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.accounts import environment_operators
from api.accounts.collaborators import SignInCollaborators
from api.accounts.gate import NotAdmitted, PasswordProof, admit
from api.accounts.sessions import Tokens
from api.audit import Action, record, record_throttled
from api.authentication.eligibility import environment_email, is_eligible
from api.errors import InvalidCredentials, PasswordSignInDisabled, Throttled
from api.hashing import PasswordHasher
from api.request_context import RequestContext
from api.security.digests import is_same
from api.security.emails import normalise_email
from api.security.passwords import MAX_LENGTH, normalise
from api.security.tokens import TokenSigner
from api.settings import Settings
from api.throttle import is_known
from models import User, database


@dataclass(frozen=True, slots=True)
class _Claim:
    """The user that an address names, and the proof of the password; None where it is wrong."""

    user: User | None
    proof: PasswordProof | None


async def log_in(
    services: SignInCollaborators, email: str, password: str, context: RequestContext
) -> Tokens:
    """Opens a session for an address and its password.

    Raises:
        PasswordSignInDisabled: the settings say so.
        InvalidCredentials: unknown, wrong, password-less or disabled: one answer, one duration.
        Throttled: too many failed.
        Overloaded: too many sign-ins at once.
        Unavailable: the store of counts does not answer.
    """
    settings = services.settings
    check_password_sign_in_is_open(settings)
    known = await is_known(email, context)
    try:
        async with services.throttle.sign_in(email, context, is_known=known) as attempt:
            if settings.mode == "admin":
                claim = await _check_environment(settings, email, password, context)
            else:
                claim = await _check_account(services.hasher, email, password)
            tokens = await _admit(settings, services.tokens, claim, context)
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
    """Raises `PasswordSignInDisabled` where nobody signs in with a password."""
    if not settings.password_auth_enabled:
        raise PasswordSignInDisabled


async def _check_account(hasher: PasswordHasher, email: str, password: str) -> _Claim:
    user = await User.by_email(normalise_email(email))
    stored = user.password_hash if user is not None else None
    # Overlong input is cut for hashing only; no stored password can be that long.
    verdict = await hasher.verify(password[: MAX_LENGTH + 1], stored)
    is_right = verdict.is_right and len(password) <= MAX_LENGTH
    return _Claim(user, PasswordProof(stored, verdict.new_hash) if is_right else None)


async def _check_environment(
    settings: Settings, email: str, password: str, context: RequestContext
) -> _Claim:
    """Mode admin: the password is the environment's, so it is compared, not hashed."""
    expected = settings.admin_password
    assert expected is not None, "settings refuse mode admin without it"
    # Both comparisons always run, so that the time does not tell which one failed.
    matches = [
        is_same(normalise_email(email), environment_email(settings)),
        is_same(normalise(password), normalise(expected.get_secret_value())),
    ]
    if not all(matches):
        return _Claim(user=None, proof=None)
    user = await environment_operators.environment_operator(settings, context)
    return _Claim(user, PasswordProof(user.password_hash))


async def _admit(
    settings: Settings, signer: TokenSigner, claim: _Claim, context: RequestContext
) -> Tokens | None:
    """Open the session; None when the claim is wrong, or stopped being right meanwhile."""
    user, proof = claim.user, claim.proof
    # The gate would refuse them too; no transaction begins, so that each takes as long as the rest.
    if user is None or proof is None or not is_eligible(user, settings):
        return None
    try:
        async with database.transaction():
            return await admit(settings, signer, user, proof, context)
    except NotAdmitted:
        return None
