"""Owns the check of an id token: signature, then claims (OpenID Connect Core §3.1.3.7).

It does not know where keys come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwk, jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from api.identity.federation.failures import SignInFailed

# Never HMAC, whose key would be the published one; never `none` (RFC 8725 §2.1, §3.1).
ALGORITHMS = (
    *("RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
)
_KEY_TYPES = ("RSA", "EC")
# RFC 7518 §3.3.
_MIN_RSA_BITS = 2048
# Clocks of two houses differ a little. An expiry has no leeway: a token is some seconds old.
CLOCK_SKEW_SECONDS = 60
# Unknown header fields are ignored (RFC 7515 §4); `crit` is still obeyed.
_REGISTRY = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)


class UnknownKey(Exception):
    """No known key is the one that the token names; a newer set may have it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must say."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    access_token: str = field(repr=False)


def public_keys(key_set: object) -> tuple[jwk.Key, ...]:
    """The keys of a JWK set that can sign; others, and those that nobody can read, are left out."""
    entries = key_set.get("keys") if isinstance(key_set, dict) else None
    keys = []
    for entry in entries if isinstance(entries, list) else ():
        key = _public_key(entry)
        if key is not None:
            keys.append(key)
    return tuple(keys)


def _public_key(entry: Any) -> jwk.Key | None:
    if not isinstance(entry, dict) or entry.get("kty") not in _KEY_TYPES:
        return None
    if entry.get("use", "sig") != "sig":
        return None
    public = {
        name: entry[name]
        for name in ("kty", "kid", "alg", "n", "e", "crv", "x", "y")
        if name in entry
    }
    if public["kty"] == "RSA" and _bits_of(public.get("n")) < _MIN_RSA_BITS:
        return None
    try:
        return jwk.import_key(public)
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _bits_of(modulus: object) -> int:
    """The size of an RSA modulus in base64url, to within its first byte."""
    return len(modulus) * 6 if isinstance(modulus, str) else 0


def read(
    token: object, keys: Sequence[jwk.Key], expected: Expected, now: datetime
) -> dict[str, Any]:
    """The claims of an id token.

    Raises:
        UnknownKey: it names a key that is not among `keys`.
        SignInFailed: anything else is wrong with it.
    """
    if not isinstance(token, str):
        raise SignInFailed("the provider sent no id token")
    try:
        read_token = jwt.decode(token, lambda signed: _signer(signed, keys), registry=_REGISTRY)
        _check_claims(read_token, expected, now)
    except JoseError as error:
        # Its words name claims and algorithms, never values of claims.
        raise SignInFailed(f"the id token does not hold ({type(error).__name__})") from None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise SignInFailed("the id token cannot be read") from None
    return read_token.claims


def _signer(signed: Any, keys: Sequence[jwk.Key]) -> jwk.Key:
    """The key that the header names; without a name, the only one there is of the right kind."""
    kid, algorithm = signed.headers().get("kid"), signed.headers()["alg"]
    kind = _REGISTRY.get_alg(algorithm).key_type
    fitting = [
        key
        for key in keys
        if key.key_type == kind and key.alg in (None, algorithm) and (kid is None or key.kid == kid)
    ]
    if len(fitting) != 1:
        raise UnknownKey
    return fitting[0]


def _check_claims(token: jwt.Token, expected: Expected, now: datetime) -> None:
    seconds = int(now.timestamp())
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={
            "iss": {"essential": True, "value": expected.issuer},
            "aud": {"essential": True, "value": expected.client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
        },
        params={
            "client_id": expected.client_id,
            "nonce": expected.nonce,
            "access_token": expected.access_token,
        },
    )
    claims.validate(now=seconds, leeway=CLOCK_SKEW_SECONDS)
    if claims["exp"] <= seconds:
        raise SignInFailed("the id token is expired")
