"""Opens a session for a user whose proof holds; every way of signing in passes here.

The module does not know how a proof was made, nor what a failed one costs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from api.accounts.sessions import Tokens, open_session
from api.audit import Action, record
from api.authentication.eligibility import is_eligible
from api.request_context import RequestContext
from api.security.networks import NOWHERE, network_of
from api.security.tokens import TokenSigner
from api.settings import Settings
from models import KnownNetwork, User


@dataclass(frozen=True, slots=True)
class PasswordProof:
    """The stored hash that the password was verified against, and its replacement, if any."""

    verified_hash: str | None = field(repr=False)
    new_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ProviderProof:
    """The name of the provider that vouches for the user, who is locked in this transaction."""

    provider: str


@dataclass(frozen=True, slots=True)
class RegistrationProof:
    """The user was added in this transaction."""


Proof = PasswordProof | ProviderProof | RegistrationProof


class NotAdmitted(Exception):
    """The user is not eligible, or the proof is outdated."""


async def admit(
    settings: Settings, signer: TokenSigner, user: User, proof: Proof, context: RequestContext
) -> Tokens:
    """Opens a session of `user` in the running transaction, and records the sign-in.

    The network of the request counts as known to the account from then on.

    Raises:
        NotAdmitted: no session was opened; the caller rolls back and chooses the refusal.
    """
    if not is_eligible(user, settings):
        raise NotAdmitted
    await _note_sign_in(user, proof, context)
    tokens = await open_session(settings, signer, user, context)
    await _note_network(user, context)
    await _record(user, proof, context)
    return tokens


async def _note_sign_in(user: User, proof: Proof, context: RequestContext) -> None:
    if isinstance(proof, ProviderProof):
        await User.note_activity(user.id, now=context.now)
    elif isinstance(proof, PasswordProof) and not await User.note_sign_in(
        user.id, verified_hash=proof.verified_hash, new_hash=proof.new_hash, now=context.now
    ):
        # The user was disabled, or the password replaced, while this one was being verified.
        raise NotAdmitted


async def _note_network(user: User, context: RequestContext) -> None:
    network = network_of(context.ip_address)
    if network != NOWHERE:
        await KnownNetwork.note(user.id, network, now=context.now)


async def _record(user: User, proof: Proof, context: RequestContext) -> None:
    detail: dict[str, object] = {}
    match proof:
        case PasswordProof():
            action = Action.LOGIN
        case RegistrationProof():
            action = Action.REGISTER
        case ProviderProof(provider):
            action, detail = Action.OAUTH_LOGIN, {"provider": provider}
    await record(action, context, actor_id=user.id, user_id=user.id, detail=detail)
