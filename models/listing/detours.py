"""Owns which shortcuts have turned out to be detours: they lead to more rows than are worth sorting.

To find that out can cost more than the page, and the next page would ask the same again.
"""

from __future__ import annotations

from models.listing.sql import Sql

# Rows come and go; for so long nothing is lost but time where a shortcut is one again.
SECONDS = 60.0
ENTRIES = 500


class Detours:
    """What was found out by this process, for a while. Times are seconds of a clock of one's own."""

    def __init__(self) -> None:
        self._known: dict[Sql, tuple[int, float]] = {}

    def is_known(self, ids: Sql, most: int, now: float) -> bool:
        """Whether this statement is known to answer more than `most` ids."""
        more_than, until = self._known.get(ids, (0, now))
        return now < until and most <= more_than

    def note(self, ids: Sql, most: int, now: float) -> None:
        """Remember that this statement answers more than `most` ids."""
        self._known.pop(ids, None)
        if len(self._known) >= ENTRIES:
            del self._known[next(iter(self._known))]
        self._known[ids] = (most, now + SECONDS)
