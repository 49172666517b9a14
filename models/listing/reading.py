"""Owns what is made of a column's value that somebody may have written by hand.

What cannot be read is None, an id that cannot be read makes its row one that is left out.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID


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
    return [word for word in found if isinstance(word, str)] if isinstance(found, list) else []


def mapping(value: object) -> dict[str, Any] | None:
    found = parsed(value)
    return found if isinstance(found, dict) else None


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
