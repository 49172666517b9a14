"""Owns the check of an id token: signature, then claims (OpenID Connect Core §3.1.3.7).

It does not know where keys come from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwk, jws, jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    JoseError,
    MissingClaimError,
)
from joserfc.jws import JWSRegistry

from api.federation.failures import SignInFailed

# Never HMAC, whose key would be the published one; never `none` (RFC 8725 §2.1, §3.1).
ALGORITHMS = frozenset(
    (
        *("RS256", "RS384", "RS512"),
        *("PS256", "PS384", "PS512"),
        *("ES256", "ES384", "ES512"),
        # RFC 9864 names the curve; RFC 8037 left it to the key.
        *("Ed25519", "EdDSA"),
    )
)
_KEY_TYPES = ("RSA", "EC", "OKP")
# Keys that a token without a name for its key is tried with; providers publish two to ten.
_MAX_TRIED = 16
# RFC 7518 §3.3.
_MIN_RSA_BITS = 2048
# Clocks of two houses differ a little. An expiry has no leeway: a token is some seconds old.
CLOCK_SKEW_SECONDS = 60


class _Registry(JWSRegistry):
    """The algorithms above. `EdDSA` is Ed25519 here: nobody signs id tokens with Ed448."""

    algorithms: dict[str, Any] = {  # noqa: RUF012  (as the library declares it)
        **{name: JWSRegistry.algorithms[name] for name in ALGORITHMS},
        "EdDSA": JWSRegistry.algorithms["Ed25519"],
    }


# Unknown header fields are ignored (RFC 7515 §4); `crit` is still obeyed.
_REGISTRY = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


class Unverified(Exception):
    """The provider's documents, as they are known, do not bear the signature; newer ones may."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must say, and how it may be signed."""

    algorithms: frozenset[str]
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
    if public["kty"] == "OKP":
        # Its curve says it all, and `alg` has two spellings.
        public.pop("alg", None)
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
        Unverified: none of `keys` verifies it, or it is signed in another way than expected.
        SignInFailed: anything else is wrong with it.
    """
    if not isinstance(token, str):
        raise SignInFailed("the provider sent no id token")
    try:
        read_token = _verified(token, keys, expected.algorithms)
        _check_claims(read_token, expected, now)
    except MissingClaimError as missing:
        raise SignInFailed(f"the id token lacks the claim {missing.claim}") from None
    except ClaimError as wrong:
        raise SignInFailed(f"the id token's claim {wrong.claim} does not hold") from None
    except JoseError as error:
        # The name of what is wrong, never its words, which may hold values of the token.
        raise SignInFailed(f"the id token does not hold ({type(error).__name__})") from None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise SignInFailed("the id token cannot be read") from None
    return read_token.claims


def _verified(token: str, keys: Sequence[jwk.Key], algorithms: frozenset[str]) -> jwt.Token:
    header = jws.extract_compact(token.encode(), registry=_REGISTRY).headers()
    algorithm = _REGISTRY.get_alg(header["alg"])
    if header["alg"] not in algorithms:
        raise Unverified("the id token is signed in a way that the provider does not announce")
    named = [key for key in keys if header.get("kid") is None or key.kid in (None, header["kid"])]
    for key in list(_fitting(named, algorithm))[:_MAX_TRIED]:
        with suppress(BadSignatureError):
            return jwt.decode(token, key, registry=_REGISTRY)
    raise Unverified("the id token is signed with an unknown key")


def _fitting(keys: Sequence[jwk.Key], algorithm: Any) -> Iterator[jwk.Key]:
    """The keys of the type, the curve and the purpose that the algorithm wants."""
    for key in keys:
        with suppress(JoseError):
            algorithm.check_key(key)
            yield key


def _check_claims(token: jwt.Token, expected: Expected, now: datetime) -> None:
    seconds = int(now.timestamp())
    claims = CodeIDToken(
        token.claims,
        # For `at_hash`, which goes by SHA-512 with either name (Authlib knows the older one).
        {**token.header, "alg": token.header["alg"].replace("Ed25519", "EdDSA")},
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
        raise ExpiredTokenError("exp")
