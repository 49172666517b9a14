"""The one spelling under which an e-mail address is stored and compared."""

from __future__ import annotations

import unicodedata

import email_validator
from email_validator import EmailNotValidError, validate_email

from api.characters import holds_hidden, is_plain_local_part

# RFC 5321 §4.5.3.1.3 allows a path of 256 octets, two of which are the angle brackets.
MAX_LENGTH = 254

# The server may stand in a network of its own, where `ann@corp.local` is somebody's address. The
# library documents that this list may be changed to accept such domains.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


# The address of mode none's operator, who has no inbox; no account may take it.
ANONYMOUS = "anonymous@local"


class EmailRejected(ValueError):
    """The text is no acceptable e-mail address; the message never repeats it."""


def normalise_email(text: str) -> str:
    """The spelling under which an address is looked up; accepts any text.

    A text longer than 254 characters is returned as it is, without white space around it.
    """
    try:
        return _spelled(text)
    except EmailRejected:
        stripped = text.strip()
        return stripped if len(stripped) > MAX_LENGTH else _folded(stripped)


def valid_email(text: str) -> str:
    """The spelling under which a new account's address is stored.

    Raises:
        EmailRejected: the text is no address, is the server's own, or holds hidden characters
            or ones that look like others.
    """
    email = _spelled(text)
    # The typed text is checked too, because normalising a domain drops its hidden characters.
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
    """The text in lower case and in NFC; composed twice, because lowering can decompose a letter.

    Letter by letter, because the lower case of a letter may depend on its neighbours.
    """
    composed = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", "".join(letter.lower() for letter in composed))
