"""Authorization requests, and the cookie value that binds each to its browser.

The value holds a random seed and nothing derived from it: `state`, `nonce` and `code_verifier` are
HMACs of the seed under the server's secret, so a reader of the cookie learns none of them. The
module does not know how a cookie travels.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from api.security.digests import digest, is_same

# Time from the redirect to the callback: enough to type a password and a second factor.
LIFETIME = timedelta(minutes=10)
# Random bytes of a seed: 256 bits, because `state` must be unguessable (RFC 9700 §4.7.1).
_SEED_BYTES = 32
# Prefix of every HMAC input, so that no other use of the same secret gives the same value.
_PURPOSE = b"everruns-auth.oauth."
_TAG_LENGTH = 16


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A sign-in under way, from the redirect to the provider until the callback.

    `redirect_to` is the page that the browser opens afterwards. `sealed` is the cookie's value.
    """

    provider: str
    redirect_to: str | None
    expires_at: datetime
    sealed: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)

    @property
    def tag(self) -> str:
        """Part of the cookie's name: 16 hex digits that tell apart the requests of one browser."""
        return tag_of(self.state)

    @property
    def state_hash(self) -> str:
        """The SHA-256 of `state` in hex, which is stored once the state is used."""
        return digest(self.state)


def tag_of(state: str) -> str:
    """The tag of the request whose `state` came back; the state does not follow from it."""
    return digest(state)[:_TAG_LENGTH]


class AuthorizationRequestSealer:
    """Seals requests with `secret`, and opens those sealed with it or with a previous secret."""

    def __init__(self, secret: str, previous: Sequence[str] = ()) -> None:
        self._keys = tuple(_derived(text.encode(), b"key") for text in (secret, *previous))

    def begin(self, provider: str, redirect_to: str | None, now: datetime) -> AuthorizationRequest:
        """A new request with a fresh seed; it expires ten minutes after `now`."""
        facts = {
            "seed": secrets.token_urlsafe(_SEED_BYTES),
            "provider": provider,
            "redirect_to": redirect_to,
            "expires_at": int((now + LIFETIME).timestamp()),
        }
        payload = _encoded(json.dumps(facts, separators=(",", ":")).encode())
        return _attempt(self._keys[0], payload)

    def open(self, sealed: str, now: datetime) -> AuthorizationRequest | None:
        """The request that `sealed` holds; None when no known secret sealed it, or it has expired."""
        payload, _, seal = sealed.partition(".")
        for key in self._keys:
            if is_same(_text(key, b"seal", payload), seal):
                attempt = _attempt(key, payload)
                return attempt if now < attempt.expires_at else None
        return None


def _attempt(key: bytes, payload: str) -> AuthorizationRequest:
    """The request of a payload whose seal is verified; its form is therefore ours."""
    facts = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return AuthorizationRequest(
        provider=facts["provider"],
        redirect_to=facts["redirect_to"],
        expires_at=datetime.fromtimestamp(facts["expires_at"], UTC),
        sealed=f"{payload}.{_text(key, b'seal', payload)}",
        # Of the whole payload: a state belongs to its provider and to no other (RFC 9700 §4.4).
        state=_text(key, b"state", payload),
        nonce=_text(key, b"nonce", payload),
        # 43 characters, the fewest that RFC 7636 §4.1 allows, from 256 bits.
        code_verifier=_text(key, b"code_verifier", payload),
    )


def _derived(key: bytes, purpose: bytes, message: bytes = b"") -> bytes:
    return hmac.digest(key, _PURPOSE + purpose + b"\0" + message, hashlib.sha256)


def _text(key: bytes, purpose: bytes, payload: str) -> str:
    return _encoded(_derived(key, purpose, payload.encode("utf-8", "surrogatepass")))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
