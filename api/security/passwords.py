"""The hashing of passwords: their bytes, their stored form, their cost. The only user of bcrypt.

The functions are pure and take a quarter of a second or more; `hashing.py` runs them in threads.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata

import bcrypt

# Bytes that bcrypt reads; version 5 of the library raises on more.
BCRYPT_MAX_BYTES = 72
# Characters; NIST SP 800-63B §5.1.1.2 asks for 64 at least, the bound keeps hashing input small.
MAX_LENGTH = 1024
# A hash brought from elsewhere with a higher cost would occupy a thread for minutes.
MAX_COST = 16

_PREHASHED = "hmac-sha256:"
_BCRYPT = re.compile(r"\$2[aby]\$(0[4-9]|[1-3][0-9])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}")
_SALT_LENGTH = 29


def normalise(password: str) -> str:
    """The password in NFKC, so that keyboards that type it differently agree (SP 800-63B).

    A text longer than MAX_LENGTH is returned as it is, because ordering combining marks takes time
    that grows with the square of their number.
    """
    return password if len(password) > MAX_LENGTH else unicodedata.normalize("NFKC", password)


def hash_password(password: str, cost: int) -> str:
    """The stored form of a password, hashed at `cost` (log2 of the rounds).

    Up to 71 bytes it is a plain bcrypt hash (`$2b$…`). Longer ones, and those with a NUL, are
    pre-hashed with HMAC-SHA256 under the hash's own salt and marked `hmac-sha256:$2b$…`; a stolen
    list of SHA-256 digests is of no use against that.
    """
    data = normalise(password).encode()
    salt = bcrypt.gensalt(cost)
    if _fits(data):
        return bcrypt.hashpw(data, salt).decode()
    return _PREHASHED + bcrypt.hashpw(_prehash(data, salt), salt).decode()


def verify_password(password: str, stored: str) -> bool:
    """Whether `stored` is the hash of `password`; False for a text that is no hash.

    A plain hash is compared as bcrypt does, on the first 72 bytes: in NFKC and, where that differs,
    as typed, because imported hashes know no normal form.
    """
    if not _is_verifiable(stored):
        return False
    bare = stored.removeprefix(_PREHASHED)
    is_prehashed = bare != stored
    salt = bare[:_SALT_LENGTH].encode()
    # A list, because any() over a generator would answer sooner when the first spelling matches.
    matches = [
        bcrypt.checkpw(
            _prehash(data, salt) if is_prehashed else data[:BCRYPT_MAX_BYTES],
            bare.encode(),
        )
        for data in _spellings(password)
    ]
    return any(matches)


def needs_rehash(password: str, stored: str, cost: int) -> bool:
    """Whether a verified password should be hashed anew: lower cost, or not our stored form."""
    data, *as_typed = _spellings(password)
    if cost_of(stored) < cost or not stored.startswith("$2b$" if _fits(data) else _PREHASHED):
        return True
    return bool(as_typed) and _fits(data) and not bcrypt.checkpw(data, stored.encode())


def cost_of(stored: str) -> int:
    """The cost (log2 of the rounds) of a stored hash; 0 for a text that is no hash."""
    match = _BCRYPT.fullmatch(stored.removeprefix(_PREHASHED))
    return int(match.group(1)) if match else 0


def burn(password: str, cost: int) -> None:
    """Takes the time of one verification at `cost` and discards the result."""
    for data in _spellings(password):
        bcrypt.hashpw(data[:BCRYPT_MAX_BYTES], bcrypt.gensalt(cost))


def _spellings(password: str) -> tuple[bytes, ...]:
    """The bytes in NFKC and, where they differ, as typed."""
    texts = dict.fromkeys((normalise(password), password))
    return tuple(text.encode("utf-8", "surrogatepass") for text in texts)


def _is_verifiable(stored: str) -> bool:
    return 0 < cost_of(stored) <= MAX_COST


def _fits(data: bytes) -> bool:
    # Below 72 bytes: of 72, bcrypt could not tell whether more followed.
    return len(data) < BCRYPT_MAX_BYTES and b"\0" not in data


def _prehash(data: bytes, salt: bytes) -> bytes:
    return base64.b64encode(hmac.digest(salt, data, hashlib.sha256))
