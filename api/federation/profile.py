"""Owns what a provider says of somebody, and what of it is fit to be kept."""

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
# Of a longer name no more is looked at.
MAX_SENT = 1024
_PRINTABLE_ASCII = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """Somebody at a provider.

    `email` is normalised; None where the provider named none that can be one. `hosted_domain` is
    Google's word for the organisation that owns the account.
    """

    subject: str
    email: str | None = None
    is_email_verified: bool = False
    name: str | None = None
    picture: str | None = None
    hosted_domain: str | None = None


def fit_subject(value: object) -> str | None:
    """A subject that a column can hold and compare (OpenID Connect Core §2: at most 255 ASCII)."""
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_SUBJECT_LENGTH:
        return None
    return value if value.isprintable() else None


def fit_email(value: object) -> str | None:
    try:
        return valid_email(value) if isinstance(value, str) else None
    except EmailRejected:
        return None


def fit_name(value: object) -> str | None:
    """The name as ours may be: shortened, without what is hidden; None where nothing can be seen."""
    if not isinstance(value, str):
        return None
    kept = "".join(c for c in value[:MAX_SENT] if not is_hidden(c))
    try:
        return valid_name(unicodedata.normalize("NFC", kept[:MAX_LENGTH])[:MAX_LENGTH])
    except Invalid:
        return None


def fit_picture(value: object) -> str | None:
    """An https URL without user info: pages show it, so nothing else may come in by it."""
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
