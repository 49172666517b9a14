"""Owns what is made of a column's value that somebody may have written by hand.

What cannot be read is None, an id that cannot be read makes its row one that is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

# Nobody writes a detail that is nested more deeply, and what makes answers would not either.
DEEPEST = 100


def row_id(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def moment(value: object) -> datetime | None:
    """A time out of the database's text, in UTC unless it says otherwise."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def words(value: object) -> list[str]:
    """The texts in a JSON list."""
    found = parsed(value)
    found = found if isinstance(found, list) else []
    return [word for word in found if isinstance(word, str) and is_writable(word)]


def mapping(value: object) -> dict[str, Any] | None:
    found = parsed(value)
    return found if isinstance(found, dict) and is_writable(found) else None


def is_writable(value: object, depth: int = DEEPEST) -> bool:
    """Whether an answer can hold it: no half of a surrogate pair, and not nested beyond reason."""
    match value:
        case str():
            return not any("\ud800" <= letter <= "\udfff" for letter in value)
        case dict():
            parts: Iterable[object] = (*value, *value.values())
        case list():
            parts = value
        case _:
            return True
    return depth > 0 and all(is_writable(part, depth - 1) for part in parts)


def parsed(value: object) -> Any:
    try:
        return json.loads(value) if isinstance(value, str | bytes) else None
    except (ValueError, RecursionError):
        return None


def text(value: object) -> str | None:
    """A text; bytes are read as one, as far as they are."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return None if value is None else str(value)
