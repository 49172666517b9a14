"""Owns which passwords are accepted. It knows nothing of hashing."""

from __future__ import annotations

from functools import cache

from api.security.passwords import MAX_LENGTH, normalise


def objection(password: str, *, email: str, min_length: int) -> str | None:
    """Say why a new password is not accepted; None when it is.

    Length in code points after NFKC, no composition rules, the commonest refused
    (NIST SP 800-63B §5.1.1.2, OWASP ASVS 2.1).
    """
    text = normalise(password)
    # One that is too long as it was sent is not normalised; another may become so.
    if len(text) > MAX_LENGTH:
        return f"Password must have at most {MAX_LENGTH} characters"
    if len(text) < min_length:
        return f"Password must have at least {min_length} characters"
    if _is_address(text.casefold(), email.casefold()):
        return "Password must not be the account's own e-mail address"
    if text.casefold() in common_passwords():
        return "Password is one of the most common ones; choose another"
    return None


@cache
def common_passwords() -> frozenset[str]:
    """The 30,000 commonest passwords, in lower case, from zxcvbn's list of real leaks."""
    # Imported at first use: the list takes a while to load, and most processes never need it.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    return frozenset(FREQUENCY_LISTS["passwords"])


def _is_address(password: str, email: str) -> bool:
    return password in (email, email.partition("@")[0])
