"""Owns the tokens: what is in them, how they are signed and read (RFC 7519). The only user of PyJWT.

It knows nothing of sessions or users; a token that reads well may still belong to an ended session.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, takewhile
from typing import Any
from uuid import UUID

import jwt

ALGORITHM = "HS256"
# Clocks of several nodes differ a little; an expiry is ours alone and has no leeway.
CLOCK_SKEW = timedelta(seconds=5)
# Browsers keep cookies of 4,096 bytes, name and attributes included (RFC 6265 §6.1): 2,900 bytes are
# 3,867 in base64, and header, signature, name and attributes take less than 180.
MAX_PAYLOAD_BYTES = 2_900
# 9999-12-31: a later time is no datetime.
_LATEST = 253_402_300_799


class TokenRejected(Exception):
    """The text is not a token of ours, or not of the kind that is asked for."""


class TokenExpired(TokenRejected):
    """The token is ours and of the right kind, but its time is over."""


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says. `expires_at` and `issued_at` are whole seconds in UTC."""

    user_id: UUID
    session_id: UUID
    email: str
    name: str
    roles: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RefreshClaims:
    """What a refresh token says."""

    user_id: UUID
    session_id: UUID
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RefreshSource:
    """The columns of a session from which its current refresh token follows, byte for byte."""

    user_id: UUID
    session_id: UUID
    seed: str = field(repr=False)
    generation: int
    rotated_at: datetime
    expires_at: datetime


class TokenSigner:
    """Signs with one secret, and reads what that one or an earlier one signed."""

    def __init__(self, secret: str, previous: Sequence[str] = ()) -> None:
        self._keys = tuple(_key(text) for text in (secret, *previous))

    def access_token(self, claims: AccessClaims) -> str:
        """The token for `claims`, with a fresh `jti`; it fits into a cookie, whatever they are."""
        payload: dict[str, Any] = {
            "sub": str(claims.user_id),
            "email": claims.email,
            "name": claims.name,
            "roles": list(claims.roles),
            "token_type": "access",
            "exp": int(claims.expires_at.timestamp()),
            "iat": int(claims.issued_at.timestamp()),
            "sid": str(claims.session_id),
            "jti": secrets.token_hex(16),
        }
        return self._sign(_fitted(payload), self._keys[0])

    def refresh_tokens(self, source: RefreshSource) -> tuple[str, ...]:
        """The token of `source` under the signing secret, then under each earlier one.

        The same source gives the same bytes, so a successor can be issued twice without being
        stored. `jti` is an HMAC under the seed, which never leaves the row: other services hold
        the signing secret and see `sid`, and must not be able to work the token out.
        """
        jti = hmac.digest(source.seed.encode(), str(source.generation).encode(), hashlib.sha256)
        payload = {
            "sub": str(source.user_id),
            "token_type": "refresh",
            "exp": int(source.expires_at.timestamp()),
            "iat": int(source.rotated_at.timestamp()),
            "sid": str(source.session_id),
            "jti": jti.hex(),
        }
        return tuple(self._sign(payload, key) for key in self._keys)

    def read_access(
        self, token: str, now: datetime, *, allow_expired: bool = False
    ) -> AccessClaims:
        """Read an access token.

        Raises:
            TokenExpired: its `exp` is not after `now` (there is no leeway).
            TokenRejected: anything else is wrong with it.
        """
        payload = self._read(token, "access", now, allow_expired=allow_expired)
        roles = payload.get("roles")
        return AccessClaims(
            user_id=_uuid(payload, "sub"),
            session_id=_uuid(payload, "sid"),
            email=str(payload.get("email", "")),
            name=str(payload.get("name", "")),
            roles=tuple(map(str, roles)) if isinstance(roles, list) else (),
            issued_at=_time(payload, "iat"),
            expires_at=_time(payload, "exp"),
        )

    def read_refresh(
        self, token: str, now: datetime, *, allow_expired: bool = False
    ) -> RefreshClaims:
        """Read a refresh token; raises as `read_access` does."""
        payload = self._read(token, "refresh", now, allow_expired=allow_expired)
        return RefreshClaims(
            user_id=_uuid(payload, "sub"),
            session_id=_uuid(payload, "sid"),
            issued_at=_time(payload, "iat"),
            expires_at=_time(payload, "exp"),
        )

    @staticmethod
    def _sign(payload: dict[str, Any], key: bytes) -> str:
        return jwt.PyJWS().encode(_json(payload), key, algorithm=ALGORITHM, sort_headers=False)

    def _read(self, token: str, kind: str, now: datetime, *, allow_expired: bool) -> dict[str, Any]:
        payload = self._verified(token)
        if payload.get("token_type") != kind:
            raise TokenRejected
        if _time(payload, "iat") > now + CLOCK_SKEW:
            raise TokenRejected
        if "nbf" in payload and _time(payload, "nbf") > now + CLOCK_SKEW:
            raise TokenRejected
        if not allow_expired and _time(payload, "exp") <= now:
            raise TokenExpired
        return payload

    def _verified(self, token: str) -> dict[str, Any]:
        """The payload, its signature checked; times are checked by the caller, who has the clock."""
        options: Any = {
            "require": ["sub", "exp", "iat", "sid", "jti", "token_type"],
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
        }
        for key in self._keys:
            try:
                return jwt.decode(token, key, algorithms=[ALGORITHM], options=options)
            except jwt.InvalidSignatureError:
                continue
            except (jwt.PyJWTError, ValueError):
                raise TokenRejected from None
        raise TokenRejected


def _json(value: object) -> bytes:
    """Compact JSON in UTF-8: escaped, a name of 200 pictures would take 2,400 bytes instead of 800."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _fitted(payload: dict[str, Any]) -> dict[str, Any]:
    """The claims, cut where they are longer than any that are set through the API.

    The name goes first; then roles, which can only take rights away. This server believes the row,
    where they are whole.
    """
    excess = len(_json(payload)) - MAX_PAYLOAD_BYTES
    if excess <= 0:
        return payload
    name = payload["name"].encode()
    payload = {**payload, "name": name[: max(0, len(name) - excess)].decode(errors="ignore")}
    room = MAX_PAYLOAD_BYTES - len(_json({**payload, "roles": []}))
    ends = accumulate(len(_json(role)) + 1 for role in payload["roles"])
    fitting = sum(1 for _ in takewhile(lambda end: end <= room, ends))
    return {**payload, "roles": payload["roles"][:fitting]}


def _key(secret: str) -> bytes:
    """The HMAC key; zeros are what HMAC itself fills a short key with (RFC 2104 §2).

    Filled here, because PyJWT warns of a short key at every token; ours was a line at start.
    """
    return secret.encode().ljust(32, b"\0")


def _time(payload: dict[str, Any], claim: str) -> datetime:
    value = payload.get(claim)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LATEST:
        raise TokenRejected
    return datetime.fromtimestamp(value, UTC)


def _uuid(payload: dict[str, Any], claim: str) -> UUID:
    try:
        return UUID(str(payload.get(claim)))
    except ValueError:
        raise TokenRejected from None
