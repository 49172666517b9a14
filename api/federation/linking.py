"""Finds the account that a profile at a provider belongs to: a known one, a new one, or none.

An unverified address gives no access to an existing account. A verified one closes every other credential of an account
whose address was never verified. Each decision is made under the user's lock, and made again where
another request was first.
"""

from __future__ import annotations

from api.accounts.gate import NotAdmitted, ProviderProof, admit
from api.accounts.sessions import Tokens
from api.audit import Action, record
from api.authentication.eligibility import is_eligible
from api.federation.failures import AccountExists, SignInFailed, SignInNotPermitted
from api.federation.profile import Profile
from api.federation.providers import Provider
from api.request_context import RequestContext
from api.security.display_names import MAX_LENGTH
from api.security.tokens import TokenSigner
from api.settings import Settings
from models import ApiKey, OAuthIdentity, RefreshToken, User, database

# Transactions before giving up: each one lost a race to a commit that the next one sees.
TRIES = 5


class _OtherWasFirst(Exception):
    """Another request changed a row that this decision was based on."""


async def sign_in_as(
    settings: Settings,
    signer: TokenSigner,
    provider: Provider,
    profile: Profile,
    context: RequestContext,
) -> Tokens:
    """Opens a session of the account that `profile` belongs to, in one transaction.

    Raises:
        SignInNotPermitted: the domain, the settings or the account's state forbid it.
        AccountExists: the address has an account that this profile does not prove to own.
    """
    check_domain(provider, profile)
    for _ in range(TRIES):
        try:
            async with database.transaction():
                user = await _account(settings, provider, profile, context)
                return await _admit(settings, signer, user, provider, context)
        except (database.Duplicate, _OtherWasFirst):
            continue
    raise SignInFailed("others changed the account all the while")


async def _admit(
    settings: Settings,
    signer: TokenSigner,
    user: User,
    provider: Provider,
    context: RequestContext,
) -> Tokens:
    try:
        return await admit(settings, signer, user, ProviderProof(provider.name), context)
    except NotAdmitted:
        raise _not_eligible(user) from None


def check_domain(provider: Provider, profile: Profile) -> None:
    """Raises `SignInNotPermitted` unless the address's domain is among the allowed ones.

    Only a verified address counts. Domains are compared whole: `evil-example.com` and
    `sub.example.com` are not `example.com`.
    """
    if not provider.allowed_domains:
        return
    domain = (profile.email or "").rpartition("@")[2]
    if not profile.is_email_verified or domain not in provider.allowed_domains:
        raise SignInNotPermitted("the address is not a verified one of an allowed domain")
    hosted = profile.hosted_domain
    if hosted is not None and hosted.lower() not in provider.allowed_domains:
        raise SignInNotPermitted("the account's organisation is not an allowed domain")


async def _account(
    settings: Settings, provider: Provider, profile: Profile, context: RequestContext
) -> User:
    """The account of the profile, locked until the running transaction ends."""
    identity = await OAuthIdentity.by_subject(provider.name, profile.subject)
    if identity is not None:
        return await _known(provider, profile, context, identity=identity)
    if profile.email is None:
        raise SignInNotPermitted("the provider names no address that can be used")
    found = await User.by_email(profile.email)
    if found is None:
        return await _new(settings, provider, profile, context)
    user = await User.held(found.id)
    if user is None or user.email != profile.email:
        raise _OtherWasFirst
    return await _linked(settings, provider, profile, context, user=user)


async def _known(
    provider: Provider, profile: Profile, context: RequestContext, *, identity: OAuthIdentity
) -> User:
    """The user of an identity; the address at the provider may have changed since."""
    user = await User.held(identity.user_id)
    if identity.issuer not in (None, provider.issuer):
        raise SignInNotPermitted(
            "the identity is of another issuer; remove it if the provider's URL was changed",
            user_id=identity.user_id,
        )
    if user is None or not await identity.note_use(
        issuer=provider.issuer, email=profile.email, now=context.now
    ):
        raise _OtherWasFirst
    if profile.is_email_verified and profile.email == user.email and not user.email_verified:
        await user.change(context.now, email_verified=True)
    return user


async def _new(
    settings: Settings, provider: Provider, profile: Profile, context: RequestContext
) -> User:
    """A new user; `email_verified` is as the provider says."""
    if not settings.signup_enabled:
        raise SignInNotPermitted("there is no such account, and AUTH_DISABLE_SIGNUP is set")
    assert profile.email is not None
    user = await User.add(
        email=profile.email,
        name=profile.name or profile.email.rpartition("@")[0][:MAX_LENGTH],
        avatar_url=profile.picture,
        roles=["user"],
        email_verified=profile.is_email_verified,
        now=context.now,
    )
    await _add_identity(user, provider, profile, context)
    await _record(Action.REGISTER, user, provider, context)
    return user


async def _linked(
    settings: Settings,
    provider: Provider,
    profile: Profile,
    context: RequestContext,
    *,
    user: User,
) -> User:
    """An existing user, to whom the identity is added; the checks are in the order of the contract."""
    if not profile.is_email_verified:
        raise AccountExists("the provider has not verified the address", user_id=user.id)
    if not is_eligible(user, settings):
        raise _not_eligible(user)
    removed: dict[str, object] = {}
    if not user.email_verified:
        if user.is_operator:
            raise AccountExists("an operator's address is not verified", user_id=user.id)
        removed = await _take_back(user, context)
    elif any(one.provider == provider.name for one in await OAuthIdentity.of_user(user.id)):
        # Companies give the address of a leaver to somebody else; the account must not follow.
        raise AccountExists(
            "the account is linked to another subject of this provider", user_id=user.id
        )
    await _add_identity(user, provider, profile, context)
    if user.avatar_url is None and profile.picture is not None:
        await user.change(context.now, avatar_url=profile.picture)
    await _record(Action.OAUTH_LINKED, user, provider, context, **removed)
    return user


async def _take_back(user: User, context: RequestContext) -> dict[str, object]:
    """Close every way in that was there before the address was verified; what they were.

    Sessions before keys: see `api_keys.create`.
    """
    had_password = user.password_hash is not None
    await user.change(context.now, password_hash=None, email_verified=True)
    return {
        "password": had_password,
        "sessions": await RefreshToken.end_of_user(user.id),
        "api_keys": await ApiKey.remove_of_user(user.id),
        "identities": await OAuthIdentity.remove_of_user(user.id),
    }


def _not_eligible(user: User) -> SignInNotPermitted:
    return SignInNotPermitted("the account is disabled", user_id=user.id)


async def _add_identity(
    user: User, provider: Provider, profile: Profile, context: RequestContext
) -> None:
    await OAuthIdentity.add(
        user_id=user.id,
        provider=provider.name,
        subject=profile.subject,
        issuer=provider.issuer,
        email=profile.email,
        now=context.now,
    )


async def _record(
    action: Action, user: User, provider: Provider, context: RequestContext, **removed: object
) -> None:
    await record(
        action,
        context,
        actor_id=user.id,
        user_id=user.id,
        detail={"provider": provider.name, **removed},
    )
