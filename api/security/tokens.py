"""The tokens: their claims, signing and reading (RFC 7519). The only user of PyJWT.

The module knows nothing of sessions or users; a valid token may belong to an ended session.
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
# Time by which another node's clock may be ahead for `iat`; `exp` has no leeway.
CLOCK_SKEW = timedelta(seconds=5)
# Browsers keep cookies of 4,096 bytes, name and attributes included (RFC 6265 §6.1). 2,900 bytes are
# 3,867 in base64; header, signature, name and attributes take less than 180.
MAX_PAYLOAD_BYTES = 2_900
# Seconds of 9999-12-31, the last day that a datetime can hold.
_LATEST = 253_402_300_799


class TokenRejected(Exception):
    """The text is no token of this server, or not of the kind that is asked for."""


class TokenExpired(TokenRejected):
    """The token is valid and of the right kind, but has expired."""


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """The claims of an access token. `expires_at` and `issued_at` are whole seconds in UTC."""

    user_id: UUID
    session_id: UUID
    email: str
    name: str
    roles: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RefreshClaims:
    """The claims of a refresh token."""

    user_id: UUID
    session_id: UUID
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RefreshSource:
    """The columns of a session from which its current refresh token is derived, byte for byte."""

    user_id: UUID
    session_id: UUID
    seed: str = field(repr=False)
    generation: int
    rotated_at: datetime
    expires_at: datetime


class TokenSigner:
    """Signs with the current secret, and verifies with that one and the previous ones."""

    def __init__(self, secret: str, previous: Sequence[str] = ()) -> None:
        self._keys = tuple(_key(text) for text in (secret, *previous))

    def access_token(self, claims: AccessClaims) -> str:
        """The signed token of `claims` with a fresh `jti`; at most MAX_PAYLOAD_BYTES of claims."""
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
        """The token of `source` under the current secret, then under each previous one.

        The same source gives the same bytes, so a successor can be issued twice without being
        stored. `jti` is an HMAC under the seed, which never leaves the row: other services hold the
        signing secret and see `sid`, and must not be able to derive the token.
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
        """Verifies an access token and returns its claims.

        Raises:
            TokenExpired: its `exp` is not after `now` (there is no leeway).
            TokenRejected: its form, signature, kind or another claim is wrong.
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
        """Verifies a refresh token and returns its claims; raises as `read_access`."""
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
        """The payload with its signature verified; the caller checks the times."""
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
    """Compact JSON in UTF-8; escaped, 200 emoji would take 2,400 bytes instead of 800."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _fitted(payload: dict[str, Any]) -> dict[str, Any]:
    """The claims, shortened where they exceed everything that the API can set.

    The name goes first, then roles, which can only take rights away. This server reads the row,
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
    """The HMAC key, padded with zeros as HMAC itself does with a short one (RFC 2104 §2).

    Padded here because PyJWT would warn of a short key at every token; the start warns once.
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
