"""The rules between variables: values that depend on the value of another.

They read the raw texts, so that they are checked even where a single value is unusable.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import partial

from api.characters import is_plain_local_part
from api.settings.raw_text import is_nothing_in_quotes, oddity

# RFC 7518 §3.2: a key of the same size as the hash output or larger MUST be used with HS256.
MIN_SECRET_BYTES = 32
MAX_PASSWORD_LENGTH = 1024
MAX_EMAIL_LENGTH = 254
ANONYMOUS_EMAIL = "anonymous@local"

_GRANTS_ACCESS = (
    "AUTH_JWT_SECRET",
    "AUTH_ADMIN_EMAIL",
    "AUTH_ADMIN_PASSWORD",
    "AUTH_GOOGLE_CLIENT_SECRET",
    "AUTH_GITHUB_CLIENT_SECRET",
    "AUTH_OIDC_CLIENT_SECRET",
)
_composed = partial(unicodedata.normalize, "NFC")
# Variables in which any text may be meant.
_SECRETS = ("AUTH_JWT_SECRET_PREVIOUS", *(name for name in _GRANTS_ACCESS if "EMAIL" not in name))
_YES = ("true", "1", "yes", "on", "t", "y")
_MAKE_ONE = "make one with: openssl rand -hex 32"


def conflicts(present: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yields (variable, problem and remedy) for the variables that are set."""
    mode = present.get("AUTH_MODE", "").strip().lower()
    yield from _mode_left_unsaid(mode, present)
    if mode in ("admin", "full"):
        yield from _secret_needed(mode, present)
    yield from _operator(mode, present)
    if not present.get("SANIC_PROXIES_COUNT", "1").strip().isdecimal():
        yield "SANIC_PROXIES_COUNT", "cannot be used; it must be a whole number of proxies"
    for provider in ("GOOGLE", "GITHUB"):
        yield from _pair(f"AUTH_{provider}_CLIENT_ID", f"AUTH_{provider}_CLIENT_SECRET", present)
    yield from _all_or_none(
        ("AUTH_OIDC_ISSUER", "AUTH_OIDC_CLIENT_ID", "AUTH_OIDC_CLIENT_SECRET"), present
    )


def odd_texts(present: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yields (variable, problem and remedy) for texts that nobody can have meant."""
    for name, text in present.items():
        words = oddity(text)
        if words and (name not in _SECRETS or is_nothing_in_quotes(text)):
            yield name, words


def advice(present: Mapping[str, str]) -> Iterator[str]:
    """Yields sentences about settings that are accepted, but weaker or odder than they should be."""
    for name in _SECRETS:
        words = oddity(present.get(name, ""))
        if words:
            # Advice and no refusal, because a server may have been set up with such a secret.
            yield f"{name} {words}, if that is not meant"
    secret = present.get("AUTH_JWT_SECRET", "")
    mode = present.get("AUTH_MODE", "").strip().lower()
    is_disabled = present.get("AUTH_DISABLE_PASSWORD", "").strip().lower() in _YES
    if mode == "admin" and is_disabled:
        yield "AUTH_DISABLE_PASSWORD is true in mode admin: nobody can sign in, only keys work"
    if mode == "admin" and _is_short(secret):
        yield f"AUTH_JWT_SECRET is shorter than {MIN_SECRET_BYTES} bytes; {_MAKE_ONE}"


def _mode_left_unsaid(mode: str, present: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    secret = next((name for name in _GRANTS_ACCESS if name in present), None)
    if not mode and secret:
        words = (
            f"is not set, although {secret} is; set AUTH_MODE=admin or AUTH_MODE=full, "
            "or say AUTH_MODE=none if you mean it"
        )
        yield "AUTH_MODE", words


def _secret_needed(mode: str, present: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    secret = present.get("AUTH_JWT_SECRET", "")
    if not secret:
        yield "AUTH_JWT_SECRET", f"is required when AUTH_MODE is {mode}; {_MAKE_ONE}"
    elif mode == "full" and _is_short(secret):
        yield (
            "AUTH_JWT_SECRET",
            f"is shorter than {MIN_SECRET_BYTES} bytes (RFC 7518 §3.2); {_MAKE_ONE}",
        )
    previous = present.get("AUTH_JWT_SECRET_PREVIOUS", "").split(",")
    if mode == "full" and any(part.strip() and _is_short(part.strip()) for part in previous):
        words = (
            f"holds a secret shorter than {MIN_SECRET_BYTES} bytes, with which tokens could be "
            "forged; remove it"
        )
        yield "AUTH_JWT_SECRET_PREVIOUS", words


def _operator(mode: str, present: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    email, password = "AUTH_ADMIN_EMAIL", "AUTH_ADMIN_PASSWORD"
    if mode == "admin":
        for name in (email, password):
            if name not in present:
                yield name, "is required when AUTH_MODE is admin"
    elif mode == "full":
        yield from _pair(email, password, present)
    address = present.get(email, "a@b").strip()
    is_odd = "@" not in address.strip("@") or any(c.isspace() for c in address)
    if is_odd or len(address) > MAX_EMAIL_LENGTH:
        yield email, "cannot be used; it must be an e-mail address"
    elif not is_plain_local_part(_composed(address.rpartition("@")[0])):
        yield email, "holds characters that look like others; type it anew"
    if address.lower() == ANONYMOUS_EMAIL:
        yield email, "cannot be used; that address is the server's own in mode none"
    if len(present.get(password, "")) > MAX_PASSWORD_LENGTH:
        yield password, f"is longer than {MAX_PASSWORD_LENGTH} characters; choose a shorter one"


def _pair(one: str, other: str, present: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, partner in ((one, other), (other, one)):
        if name not in present and partner in present:
            yield name, f"is not set, although {partner} is; set both or neither"


def _all_or_none(names: tuple[str, ...], present: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    known = [name for name in names if name in present]
    for name in names:
        if known and name not in present:
            yield name, f"is not set, although {known[0]} is; set all of {', '.join(names)} or none"


def _is_short(secret: str) -> bool:
    return len(secret.encode()) < MIN_SECRET_BYTES
