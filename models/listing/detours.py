"""Owns which shortcuts have turned out to be detours: they lead to more rows than are worth sorting.

To find that out can cost more than the page, and the next page would ask the same again.
"""

from __future__ import annotations

from models.listing.query import Way

# Rows come and go; for so long nothing is lost but time where a shortcut is one again.
SECONDS = 60.0
ENTRIES = 500

Ways = tuple[Way, ...]


class Detours:
    """What was found out by this process, for a while. Times are seconds of a clock of one's own."""

    def __init__(self) -> None:
        self._known: dict[Ways, tuple[int, float]] = {}

    def is_known(self, ways: Ways, most: int, now: float) -> bool:
        """Whether these ways are known to lead to more than is affordable with `most`."""
        more_than, until = self._known.get(ways, (0, now))
        return now < until and most <= more_than

    def note(self, ways: Ways, most: int, now: float) -> None:
        """Remember that these ways lead to more than is affordable with `most`."""
        self._known.pop(ways, None)
        if len(self._known) >= ENTRIES:
            del self._known[next(iter(self._known))]
        self._known[ways] = (most, now + SECONDS)
