"""The cursor: a position in a sorted list, and the text by which a client sends it back.

A position is between rows, named by the values that a row had, so it stays where it is when that row
goes. The text is opaque, and good only for the list, the sort and the filters that it came from.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_DIGEST_LENGTH = 16
_KINDS = ("null", "text", "blob", "integer", "real")


class CursorRejected(ValueError):
    """The text is no cursor of this list, or of another sort or other filters."""


class Side(StrEnum):
    """The rows that are read, seen from the position."""

    AFTER = "after"
    FROM = "from"
    BEFORE = "before"
    UPTO = "upto"

    @property
    def is_forward(self) -> bool:
        """Whether rows are read in the list's order, not back to its beginning."""
        return self in (Side.AFTER, Side.FROM)

    @property
    def is_inclusive(self) -> bool:
        """Whether the row at the position is read too."""
        return self in (Side.FROM, Side.UPTO)

    @property
    def onward(self) -> Side:
        """The side in the same direction, without the row at the position."""
        return Side.AFTER if self.is_forward else Side.BEFORE


@dataclass(frozen=True, slots=True)
class Position:
    """A row's value in the sorted column and its id.

    `kind` is what SQLite calls the value's storage class; on PostgreSQL it is `text` or `null`.
    `raw` is the value's text as bytes, for SQLite holds texts that are no UTF-8.
    """

    kind: str
    raw: bytes
    id: str

    @property
    def is_null(self) -> bool:
        """Whether the sorted column of the row is null."""
        return self.kind == "null"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rows on one side of a position."""

    side: Side
    position: Position


def written(cursor: Cursor, purpose: str) -> str:
    """The cursor's text; `purpose` names the list, its sort and its filters."""
    position = cursor.position
    raw = urlsafe_b64encode(position.raw).decode()
    parts = [cursor.side.value, position.kind, raw, position.id, _digest(purpose)]
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def read(text: str, purpose: str) -> Cursor:
    """The cursor of a text; raises `CursorRejected`."""
    try:
        side, kind, raw, row_id, digest = _parts(text)
        # No half of a pair of surrogates, which no database can be asked for.
        position = Position(kind, urlsafe_b64decode(raw), row_id.encode().decode())
        cursor = Cursor(Side(side), position)
    except (ValueError, RecursionError):
        raise CursorRejected from None
    if digest != _digest(purpose) or kind not in _KINDS:
        raise CursorRejected
    return cursor


def _parts(text: str) -> list[str]:
    found: Any = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    if not isinstance(found, list) or not all(isinstance(part, str) for part in found):
        raise CursorRejected
    return found


def _digest(purpose: str) -> str:
    return hashlib.sha256(purpose.encode()).hexdigest()[:_DIGEST_LENGTH]
