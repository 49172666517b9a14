"""Owns what a display name may be, for people and for keys."""

from __future__ import annotations

import unicodedata

from api.errors import FieldError, Invalid

MAX_LENGTH = 200


def valid_name(text: str, *, field: str = "name") -> str:
    """The trimmed name; raises `Invalid` when it is empty, too long, or holds control characters."""
    name = unicodedata.normalize("NFC", text.strip())
    if not name:
        raise Invalid(FieldError(field, "Name must not be empty"))
    if len(name) > MAX_LENGTH:
        raise Invalid(FieldError(field, f"Name must have at most {MAX_LENGTH} characters"))
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise Invalid(FieldError(field, "Name must not hold control characters"))
    return name
