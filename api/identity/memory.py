"""Owns what is remembered of credentials: which principal a digest stands for, and until when.

It knows no database and no clock. Only credentials that were verified come in here, so a flood of
wrong ones neither fills it nor pushes anything out.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from api.identity.changes import EVERYTHING
from api.identity.principal import Principal

# More names than this are cheaper to forget with everything else.
MAX_CHANGED = 10_000


@dataclass(slots=True)
class Remembered:
    """A principal and what its answers are made of.

    `expires_at` is in seconds since the epoch. `subjects` are the ids, as text, of the user and of
    the session or key. `mark` is the memory's mark from before the database was asked. `rendered`
    is for the edge, which keeps encoded answers there that it would otherwise make every time.
    """

    principal: Principal
    expires_at: float
    subjects: tuple[str, str]
    mark: int
    rendered: tuple[Any, ...] | None = field(default=None, repr=False)


class Memory:
    """The `size` credentials that were used last."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[bytes, Remembered] = OrderedDict()
        self._mark = 0
        # What changed, and at which mark: an entry from before is void, whenever it came in.
        self._changed: dict[str, int] = {}
        self._void_before = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def mark(self) -> int:
        """A number that grows with every change; to be taken before the database is asked."""
        return self._mark

    def recall(self, digest: bytes, now: float) -> Remembered | None:
        """What is remembered of a credential and still true."""
        entry = self._entries.get(digest)
        if entry is None:
            return None
        if entry.expires_at <= now or self._is_void(entry):
            del self._entries[digest]
            return None
        self._entries.move_to_end(digest)
        return entry

    def remember(self, digest: bytes, entry: Remembered) -> None:
        """Keep an entry, unless what it says changed since its mark."""
        if self._size == 0 or self._is_void(entry):
            return
        self._entries[digest] = entry
        self._entries.move_to_end(digest)
        if len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def forget(self, what: str) -> None:
        """Void what was read before now: of one user, session or key, or everything."""
        self._mark += 1
        _, _, ident = what.partition(":")
        if what == EVERYTHING or not ident or len(self._changed) >= MAX_CHANGED:
            self._entries.clear()
            self._changed.clear()
            self._void_before = self._mark
        else:
            self._changed[ident] = self._mark

    def _is_void(self, entry: Remembered) -> bool:
        if entry.mark < self._void_before:
            return True
        if not self._changed:
            return False
        user, proof = entry.subjects
        changed, mark = self._changed, entry.mark
        return changed.get(user, 0) > mark or changed.get(proof, 0) > mark
