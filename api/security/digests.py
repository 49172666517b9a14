"""The form of an API key, and the digests under which credentials are stored."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

_KEY = re.compile(r"evr_[0-9a-f]{64}")
# Characters of a key that may be shown: `evr_` and 32 of its 256 bits.
_SHOWN = 12


def digest(credential: str) -> str:
    """The SHA-256 of a whole credential, as 64 lower-case hex digits.

    A fast hash suffices, because every credential here holds 128 random bits or more
    (OWASP ASVS 2.9, NIST SP 800-63B §5.1.2.2 for look-up secrets).
    """
    return hashlib.sha256(credential.encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint(credential: str) -> bytes:
    """The first 16 bytes of the digest, under which a process caches a credential.

    Another text with the same 16 bytes takes 2^128 tries to find.
    """
    return hashlib.sha256(credential.encode("utf-8", "surrogatepass")).digest()[:16]


def is_same(left: str, right: str) -> bool:
    """Compares two secrets in constant time, whatever their lengths and characters."""
    return hmac.compare_digest(digest(left), digest(right))


def new_api_key() -> str:
    """A new key: `evr_` and 64 hex digits, 256 random bits. Only its digest may be stored."""
    return f"evr_{secrets.token_hex(32)}"


def is_api_key(text: str) -> bool:
    """Whether `text` has the form of a key; it may still not exist."""
    return _KEY.fullmatch(text) is not None


def key_prefix(key: str) -> str:
    """The part of a key that may be shown: `evr_1a2b3c4d...`."""
    return f"{key[:_SHOWN]}..."


def new_seed() -> str:
    """64 random hex digits, from which a session's refresh tokens are derived.

    The seed is stored in the session's row and leaves it nowhere.
    """
    return secrets.token_hex(32)
