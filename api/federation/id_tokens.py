"""The checks of an id token: its signature, then its claims (OpenID Connect Core §3.1.3.7).

The module does not know where keys come from.
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
# Keys tried on a token without `kid`; providers publish two to ten.
_MAX_TRIED = 16
# RFC 7518 §3.3.
_MIN_RSA_BITS = 2048
# Seconds by which a provider's clock may be ahead for `iat`. `exp` has no leeway: tokens are fresh.
CLOCK_SKEW_SECONDS = 60


class _Registry(JWSRegistry):
    """The algorithms above. `EdDSA` means Ed25519 here: no provider signs id tokens with Ed448."""

    algorithms: dict[str, Any] = {  # noqa: RUF012  (as the library declares it)
        **{name: JWSRegistry.algorithms[name] for name in ALGORITHMS},
        "EdDSA": JWSRegistry.algorithms["Ed25519"],
    }


# Unknown header fields are ignored (RFC 7515 §4); `crit` is still obeyed.
_REGISTRY = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


class Unverified(Exception):
    """None of the known keys verifies the signature; newer documents may hold one that does."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The values that a token must hold, and the algorithms that may sign it."""

    algorithms: frozenset[str]
    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    access_token: str = field(repr=False)


def public_keys(key_set: object) -> tuple[jwk.Key, ...]:
    """The signature keys of a JWK set; keys for other uses and unreadable ones are left out."""
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
    """The size in bits of an RSA modulus given in base64url, exact to its first byte."""
    return len(modulus) * 6 if isinstance(modulus, str) else 0


def read(
    token: object, keys: Sequence[jwk.Key], expected: Expected, now: datetime
) -> dict[str, Any]:
    """The verified claims of an id token.

    Raises:
        Unverified: no key of `keys` verifies it, or its algorithm is not an expected one.
        SignInFailed: it is malformed, or a claim is missing or wrong.
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
        # The error's type, never its words, which may hold values of the token.
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
    """The keys whose type, curve and purpose fit the algorithm."""
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
