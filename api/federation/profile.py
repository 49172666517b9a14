"""The profile that a provider sends, and the values of it that are fit to be stored."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from api.characters import is_hidden
from api.errors import Invalid
from api.security.display_names import MAX_LENGTH, valid_name
from api.security.emails import EmailRejected, valid_email

MAX_SUBJECT_LENGTH = 255
MAX_PICTURE_LENGTH = 2048
# Characters of a name that are read; the rest is cut off before any work on it.
MAX_SENT = 1024
_PRINTABLE_ASCII = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's account at a provider.

    `email` is normalised; None where the provider sent no valid one. `hosted_domain` is Google's
    `hd`, the organisation that owns the account.
    """

    subject: str
    email: str | None = None
    is_email_verified: bool = False
    name: str | None = None
    picture: str | None = None
    hosted_domain: str | None = None


def fit_subject(value: object) -> str | None:
    """The subject if it has 1 to 255 ASCII characters (OpenID Connect Core §2), else None."""
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_SUBJECT_LENGTH:
        return None
    return value if value.isprintable() else None


def fit_email(value: object) -> str | None:
    """The address as it is stored; None where the value is no valid address."""
    try:
        return valid_email(value) if isinstance(value, str) else None
    except EmailRejected:
        return None


def fit_name(value: object) -> str | None:
    """The display name, shortened, without hidden characters; None where nothing visible is left."""
    if not isinstance(value, str):
        return None
    kept = "".join(c for c in value[:MAX_SENT] if not is_hidden(c))
    try:
        return valid_name(unicodedata.normalize("NFC", kept[:MAX_LENGTH])[:MAX_LENGTH])
    except Invalid:
        return None


def fit_picture(value: object) -> str | None:
    """The https URL of a picture without user info, else None, because pages embed it."""
    if not isinstance(value, str) or len(value) > MAX_PICTURE_LENGTH:
        return None
    if not _PRINTABLE_ASCII.fullmatch(value):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    is_fit = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    return value if is_fit else None
