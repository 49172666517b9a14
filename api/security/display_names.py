"""The rules for display names of people and of keys."""

from __future__ import annotations

import unicodedata

from api.characters import holds_hidden, is_blank
from api.errors import FieldError, Invalid

MAX_LENGTH = 200


def valid_name(text: str, *, field: str = "name") -> str:
    """The name trimmed and in NFC: 1 to 200 characters, all visible.

    Raises:
        Invalid: names `field`; the text is too long, blank, or holds hidden characters.
    """
    stripped = text.strip()
    # Checked before normalising, whose time grows with the square of the number of combining marks.
    _check_length(stripped, field)
    name = unicodedata.normalize("NFC", stripped)
    _check_length(name, field)
    if not name:
        raise Invalid(FieldError(field, "Name must not be empty"))
    if holds_hidden(name):
        words = "Name must not hold control characters, joiners or others that cannot be seen"
        raise Invalid(FieldError(field, words))
    if is_blank(name):
        raise Invalid(FieldError(field, "Name must hold something that can be seen"))
    return name


def _check_length(name: str, field: str) -> None:
    if len(name) > MAX_LENGTH:
        raise Invalid(FieldError(field, f"Name must have at most {MAX_LENGTH} characters"))
