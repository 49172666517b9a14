"""Parsers for column values that somebody may have written by hand.

An unreadable value is None. A row with an unreadable id is left out by its reader.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

# Levels of nesting of a JSON value; deeper ones could not be encoded in an answer.
DEEPEST = 100


def row_id(value: object) -> UUID | None:
    """The UUID of a text; None for any other value."""
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def moment(value: object) -> datetime | None:
    """The time of a text in ISO 8601, in UTC unless it has an offset; else None."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def words(value: object) -> list[str]:
    """The texts in a JSON list; other items are left out."""
    found = parsed(value)
    found = found if isinstance(found, list) else []
    return [word for word in found if isinstance(word, str) and is_writable(word)]


def mapping(value: object) -> dict[str, Any] | None:
    """The object of a JSON text if an answer can hold it, else None."""
    found = parsed(value)
    return found if isinstance(found, dict) and is_writable(found) else None


def is_writable(value: object, depth: int = DEEPEST) -> bool:
    """Whether an answer can hold the value: no lone surrogates, at most `depth` levels."""
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
    """The value of a JSON text; None where it cannot be parsed."""
    try:
        return json.loads(value) if isinstance(value, str | bytes) else None
    except (ValueError, RecursionError):
        return None


def text(value: object) -> str | None:
    """The value as text; bytes that are no UTF-8 become replacement characters."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return None if value is None else str(value)
