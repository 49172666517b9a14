"""Opens, rotates and ends sessions. One row of `refresh_tokens` is one session.

The module does not know how a user proved who they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NoReturn, Protocol
from uuid import UUID

from api.audit import Action, record, record_throttled
from api.authentication.eligibility import is_eligible
from api.errors import (
    InvalidRefreshToken,
    MissingRefreshToken,
    RefreshTokenExpired,
    SessionNotFound,
    Throttled,
)
from api.request_context import RequestContext
from api.security.digests import digest, new_seed
from api.security.tokens import (
    AccessClaims,
    RefreshSource,
    TokenExpired,
    TokenRejected,
    TokenSigner,
)
from api.settings import Settings
from api.silences import Silences
from api.throttle import Throttle
from models import RefreshToken, Rotation, User, database, new_id


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a session, and their lifetimes in seconds."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    refresh_expires_in: int
    user_id: UUID


async def open_session(
    settings: Settings, signer: TokenSigner, user: User, context: RequestContext
) -> Tokens:
    """Begins a session of `user` in the running transaction. The gate alone calls it."""
    session_id, seed = new_id(), new_seed()
    source = RefreshSource(
        user_id=user.id,
        session_id=session_id,
        seed=seed,
        generation=0,
        rotated_at=context.now,
        expires_at=_expiry(settings, rotated_at=context.now, created_at=context.now),
    )
    refresh_token = signer.refresh_tokens(source)[0]
    await RefreshToken.add(
        session_id=session_id,
        user_id=user.id,
        now=context.now,
        token_hash=digest(refresh_token),
        seed=seed,
        expires_at=source.expires_at,
        ip_address=context.ip_address,
        user_agent=context.user_agent,
    )
    return _tokens(settings, signer, user, session_id, refresh_token, now=context.now)


class RotationCollaborators(Protocol):
    """Collaborators of a rotation; the process has one of each."""

    @property
    def settings(self) -> Settings: ...

    @property
    def tokens(self) -> TokenSigner: ...

    @property
    def throttle(self) -> Throttle: ...

    @property
    def silences(self) -> Silences: ...


async def rotate(
    services: RotationCollaborators, token: str | None, context: RequestContext
) -> Tokens:
    """Exchanges a refresh token for its successor (RFC 9700 §4.14.2).

    Within the grace, the previous token gets the same successor, and nothing is written. After it,
    and for an older token at any time, the session ends.

    Raises:
        MissingRefreshToken: the request has none.
        InvalidRefreshToken: it is not ours, its session has ended, or it was used before.
        RefreshTokenExpired: it was not used in time.
        Throttled: too many from this network were refused.
        Unavailable: the store of counts does not answer.
    """
    if not token:
        raise MissingRefreshToken
    try:
        return await _rotate(services, token, context)
    except (InvalidRefreshToken, RefreshTokenExpired):
        await _count_refused(services.throttle, context)
        raise


async def _count_refused(throttle: Throttle, context: RequestContext) -> None:
    try:
        await throttle.refused_refresh(context)
    except Throttled:
        await record_throttled("refresh", throttle, context)
        raise


async def _rotate(services: RotationCollaborators, token: str, context: RequestContext) -> Tokens:
    settings, signer = services.settings, services.tokens
    session_id, user_id = _named_by(signer, token, context.now)
    spent_hash = digest(token)
    # Read first, so that it is never after a rotation that the row already shows.
    clock = await database.clock()
    session = await RefreshToken.by_id(session_id)
    while session is not None and session.token_hash == spent_hash:
        _check(settings, session, user_id, clock)
        successor = await _succeed(settings, signer, session, context, clock)
        if successor is not None:
            return successor
        # Another request rotated since the row was read, or seconds passed: read again.
        clock = await database.clock()
        session = await RefreshToken.by_id(session_id)
    if session is None:
        raise InvalidRefreshToken
    _check(settings, session, user_id, clock)
    if session.previous_token_hash != spent_hash or not _is_in_grace(
        settings, services.silences, session, clock
    ):
        await _end_for_reuse(session, context)
    return _same_successor(settings, signer, session, context)


def _named_by(signer: TokenSigner, token: str, now: datetime) -> tuple[UUID, UUID]:
    try:
        claims = signer.read_refresh(token, now)
    except TokenExpired:
        raise RefreshTokenExpired from None
    except TokenRejected:
        raise InvalidRefreshToken from None
    return claims.session_id, claims.user_id


def _check(settings: Settings, session: RefreshToken, user_id: UUID, clock: datetime) -> None:
    """Refuses a user or a time that the row does not allow; the token's claims do not count."""
    if session.user_id != user_id or not is_eligible(session.user, settings):
        raise InvalidRefreshToken
    cap = settings.session_max_lifetime
    is_over = cap is not None and session.created_at + cap <= clock
    if is_over or session.is_expired(clock):
        raise RefreshTokenExpired


async def _succeed(
    settings: Settings,
    signer: TokenSigner,
    session: RefreshToken,
    context: RequestContext,
    clock: datetime,
) -> Tokens | None:
    """Rotate; None when another request did it first, or `clock` is a while ago.

    The database decides which, and in which second: that of `clock`, or the next.
    """
    second = clock.replace(microsecond=0)
    successors = {
        digest(token): token
        for token in (
            _successor(settings, signer, session, rotated_at=second),
            _successor(settings, signer, session, rotated_at=second + timedelta(seconds=1)),
        )
    }
    this, following = successors
    rotation = Rotation(
        token_hashes=(this, following),
        second=second,
        generation=session.generation + 1,
        lifetime=settings.refresh_token_lifetime,
        latest_expiry=_cap(settings, created_at=session.created_at),
        ip_address=context.ip_address,
        user_agent=context.user_agent,
    )
    chosen = await RefreshToken.rotate(session.id, spent_hash=session.token_hash, rotation=rotation)
    if chosen is None:
        return None
    return _tokens(settings, signer, session.user, session.id, successors[chosen], now=context.now)


def _successor(
    settings: Settings, signer: TokenSigner, session: RefreshToken, *, rotated_at: datetime
) -> str:
    source = RefreshSource(
        user_id=session.user_id,
        session_id=session.id,
        seed=session.seed,
        generation=session.generation + 1,
        rotated_at=rotated_at,
        expires_at=_expiry(settings, rotated_at=rotated_at, created_at=session.created_at),
    )
    return signer.refresh_tokens(source)[0]


def _is_in_grace(
    settings: Settings, silences: Silences, session: RefreshToken, clock: datetime
) -> bool:
    """Whether a retry may still arrive; silences of the database do not count."""
    grace = settings.refresh_grace
    silence = silences.between(session.rotated_at, clock)
    return bool(grace) and clock - session.rotated_at - silence <= grace


def _same_successor(
    settings: Settings, signer: TokenSigner, session: RefreshToken, context: RequestContext
) -> Tokens:
    """The current token again, from the row; a previous secret may have signed it."""
    source = RefreshSource(
        user_id=session.user_id,
        session_id=session.id,
        seed=session.seed,
        generation=session.generation,
        rotated_at=session.rotated_at,
        expires_at=session.expires_at,
    )
    for token in signer.refresh_tokens(source):
        if digest(token) == session.token_hash:
            return _tokens(settings, signer, session.user, session.id, token, now=context.now)
    raise InvalidRefreshToken


async def _end_for_reuse(session: RefreshToken, context: RequestContext) -> NoReturn:
    """Ends a session whose token was used twice: one of the two holders is a thief."""
    async with database.transaction():
        if await RefreshToken.end(session.id):
            await record(
                Action.REUSE_DETECTED,
                context,
                outcome="failure",
                user_id=session.user_id,
                detail={"session_id": str(session.id)},
            )
    raise InvalidRefreshToken


async def end_named(
    signer: TokenSigner, context: RequestContext, *, credentials: Iterable[str], **detail: object
) -> None:
    """Ends every session that one of the tokens names, expired ones included; refuses nothing.

    `detail` is added to the audit row.
    """
    named = {_session_of(signer, text, context.now) for text in credentials} - {None}
    for session_id in named:
        assert session_id is not None
        session = await RefreshToken.by_id(session_id)
        if session is None:
            continue
        async with database.transaction():
            if await RefreshToken.end(session_id):
                await record(
                    Action.LOGOUT,
                    context,
                    actor_id=session.user_id,
                    user_id=session.user_id,
                    detail={"session_id": str(session_id), **detail},
                )


def _session_of(signer: TokenSigner, text: str, now: datetime) -> UUID | None:
    for read in (signer.read_access, signer.read_refresh):
        try:
            return read(text, now, allow_expired=True).session_id
        except TokenRejected:
            continue
    return None


async def sessions_of(user_id: UUID, now: datetime) -> list[RefreshToken]:
    """The unexpired sessions of a user, newest first."""
    return await RefreshToken.of_user(user_id, now=now)


async def revoke_session(user_id: UUID, session_id: UUID, context: RequestContext) -> None:
    """Ends one of a user's own sessions.

    Raises:
        SessionNotFound: it does not exist, or is another user's.
    """
    async with database.transaction():
        if not await RefreshToken.end(session_id, user_id=user_id):
            raise SessionNotFound
        await _record_revoked(user_id, context, {"session_id": str(session_id)})


async def revoke_other_sessions(
    user_id: UUID, current: UUID | None, context: RequestContext
) -> int:
    """Ends every session of a user but the current one; returns their number."""
    async with database.transaction():
        count = await RefreshToken.end_of_user(user_id, but=current)
        if count:
            await _record_revoked(user_id, context, {"count": count})
    return count


async def _record_revoked(
    user_id: UUID, context: RequestContext, detail: dict[str, object]
) -> None:
    await record(
        Action.SESSION_REVOKED,
        context,
        actor_id=user_id,
        user_id=user_id,
        detail=detail,
    )


def _expiry(settings: Settings, *, rotated_at: datetime, created_at: datetime) -> datetime:
    """The time at which an unused session ends, never past the cap on its age."""
    unused = rotated_at + settings.refresh_token_lifetime
    cap = _cap(settings, created_at=created_at)
    return unused if cap is None else min(unused, cap)


def _cap(settings: Settings, *, created_at: datetime) -> datetime | None:
    cap = settings.session_max_lifetime
    return None if cap is None else created_at + cap


def _tokens(
    settings: Settings,
    signer: TokenSigner,
    user: User,
    session_id: UUID,
    refresh_token: str,
    *,
    now: datetime,
) -> Tokens:
    claims = AccessClaims(
        user_id=user.id,
        session_id=session_id,
        email=user.email,
        name=user.name,
        roles=tuple(role for role in user.roles if isinstance(role, str)),
        issued_at=now,
        expires_at=now + settings.access_token_lifetime,
    )
    return Tokens(
        access_token=signer.access_token(claims),
        refresh_token=refresh_token,
        expires_in=settings.access_token_seconds,
        refresh_expires_in=settings.refresh_token_seconds,
        user_id=user.id,
    )
