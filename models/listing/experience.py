"""Owns what was found out about shortcuts: which lead to a few rows, and which are detours.

A detour leads to more rows than are worth sorting. To find that out can cost more than the page, as
trying rows in vain can cost more than a few rows that are sorted; and the next page would ask the same
again.
"""

from __future__ import annotations

from typing import NamedTuple

from models.listing.query import Way

# Rows come and go; for so long nothing is lost but time where it is otherwise by now.
SECONDS = 60.0
ENTRIES = 500

Ways = tuple[Way, ...]


class _Finding(NamedTuple):
    """Of some ways: they lead to `rows` at most, or to more than that."""

    rows: int
    is_more: bool
    until: float


class Experience:
    """What was found out by this process, for a while. Times are seconds of a clock of one's own."""

    def __init__(self) -> None:
        self._findings: dict[Ways, _Finding] = {}

    def is_detour(self, ways: Ways, most: int, now: float) -> bool:
        """Whether these ways are known to lead to more than `most` rows."""
        finding = self._findings.get(ways)
        return (
            finding is not None and finding.is_more and now < finding.until and most <= finding.rows
        )

    def is_few(self, ways: Ways, now: float) -> bool:
        """Whether these ways are known to lead to a few rows."""
        finding = self._findings.get(ways)
        return finding is not None and not finding.is_more and now < finding.until

    def note(self, ways: Ways, rows: int, now: float, *, is_more: bool) -> None:
        """Remember that these ways lead to at most so many rows, or to more."""
        self._findings.pop(ways, None)
        if len(self._findings) >= ENTRIES:
            del self._findings[next(iter(self._findings))]
        self._findings[ways] = _Finding(rows, is_more, now + SECONDS)
