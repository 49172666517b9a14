"""Owns the one spelling under which an e-mail address is stored and compared."""

from __future__ import annotations

import unicodedata

import email_validator
from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254

# The server may stand in a network of its own, where `ann@corp.local` is somebody's address. The
# library documents this list as the way to say so.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


class EmailRejected(ValueError):
    """The text is no e-mail address; the message never repeats it."""


def normalise_email(text: str) -> str:
    """Trim and lower the case, for look-ups; any text is taken."""
    return unicodedata.normalize("NFC", text.strip()).lower()


def valid_email(text: str) -> str:
    """The spelling under which a new account's address is stored.

    Raises:
        EmailRejected: it is no address.
    """
    try:
        checked = validate_email(
            text.strip(), check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError:
        raise EmailRejected("Email must be an address such as name@example.com") from None
    email = normalise_email(checked.normalized)
    if len(email) > MAX_LENGTH:
        raise EmailRejected(f"Email must have at most {MAX_LENGTH} characters")
    return email
