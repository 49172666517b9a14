"""The values in which events are read: a row of them, and the position of a reader.

The module sends no query.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# xmin:xmax:xip_list (PostgreSQL's pg_snapshot), then the last row's id and when it was read.
_POSITION = re.compile(r"(?:([0-9]{1,18}:[0-9]{1,18}:[0-9,]{0,4000})/)?([0-9]{1,18})@([0-9]{1,12})")
_LISTED = re.compile(r"[0-9]{1,18}(,[0-9]{1,18})*")
_XID_BITS = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class Position:
    """The point up to which a reader has seen everything.

    `read_at` is in whole seconds since the epoch, by the database's clock.
    """

    last_id: int
    read_at: int
    snapshot: str | None = None

    def is_after(self, other: Position) -> bool:
        """Whether this position is ahead of `other` and so of another database."""
        return self.last_id > other.last_id or self._next_xid > other._next_xid

    @property
    def _next_xid(self) -> int:
        return int(self.snapshot.split(":")[1]) if self.snapshot else 0

    def __str__(self) -> str:
        prefix = f"{self.snapshot}/" if self.snapshot else ""
        return f"{prefix}{self.last_id}@{self.read_at}"

    @classmethod
    def parse(cls, text: str) -> Position | None:
        """The position of a text; None for any other text."""
        match = _POSITION.fullmatch(text)
        if match is None or not _is_snapshot(match[1]):
            return None
        return cls(int(match[2]), int(match[3]), match[1])


def _is_snapshot(text: str | None) -> bool:
    """Whether PostgreSQL would read it (parse_snapshot in its xid8funcs.c).

    Its own complaint would look like a broken database.
    """
    if text is None:
        return True
    first, last, listed = text.split(":")
    if listed and not _LISTED.fullmatch(listed):
        return False
    xmin, xmax, running = int(first), int(last), [int(xid) for xid in listed.split(",") if xid]
    is_in_order = [xmin, *running] == sorted([xmin, *running])
    is_below = max([xmin - 1, *running]) < xmax
    return all(xid & _XID_BITS for xid in (xmin, xmax)) and is_in_order and is_below


@dataclass(frozen=True, slots=True)
class Row:
    """The events of one statement and one kind. `position` is a reader's after reading them."""

    position: Position
    kind: str
    items: Sequence[Any]


def items_of(text: str) -> list[Any]:
    """A row's items; none where a hand wrote what JSON allows and Python does not (RFC 8259 §9)."""
    try:
        return list(json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return []
