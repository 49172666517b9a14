"""Owns the one spelling under which an e-mail address is stored and compared."""

from __future__ import annotations

import unicodedata

import email_validator
from email_validator import EmailNotValidError, validate_email

from api.characters import holds_hidden, is_plain_local_part

MAX_LENGTH = 254

# The server may stand in a network of its own, where `ann@corp.local` is somebody's address. The
# library documents this list as the way to say so.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


# The operator of mode none, who has no inbox; nobody else may take its name.
ANONYMOUS = "anonymous@local"


class EmailRejected(ValueError):
    """The text is no e-mail address; the message never repeats it."""


def normalise_email(text: str) -> str:
    """The spelling under which an address is looked up; any text is taken.

    One that is too long to be an address stays as it is, but for white space around it.
    """
    try:
        return _spelled(text)
    except EmailRejected:
        stripped = text.strip()
        return stripped if len(stripped) > MAX_LENGTH else _folded(stripped)


def valid_email(text: str) -> str:
    """The spelling under which a new account's address is stored.

    Raises:
        EmailRejected: it is no address, or one that looks like another.
    """
    email = _spelled(text)
    # Also as it was typed: a domain's spelling drops what is hidden in it.
    if holds_hidden(text.strip()) or not is_plain_local_part(email.rpartition("@")[0]):
        raise EmailRejected("Email must not hold characters that are hidden or look like others")
    return email


def _spelled(text: str) -> str:
    """The spelling of an address; raises `EmailRejected` where it is none."""
    stripped = text.strip()
    _check_length(stripped)
    try:
        checked = validate_email(stripped, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise EmailRejected("Email must be an address such as name@example.com") from None
    email = _folded(checked.normalized)
    if email == ANONYMOUS:
        raise EmailRejected("Email must be another one: this address is the server's own")
    _check_length(email)
    return email


def _check_length(email: str) -> None:
    if len(email) > MAX_LENGTH:
        raise EmailRejected(f"Email must have at most {MAX_LENGTH} characters")


def _folded(text: str) -> str:
    """In lower case; composed twice, because lowering can take a letter apart.

    Letter by letter: a whole word's lower case depends on what stands beside a letter.
    """
    composed = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", "".join(letter.lower() for letter in composed))
