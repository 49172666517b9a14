"""The memory of candidate sets: those with few rows, and those that are detours.

A detour has more rows than are worth sorting. Finding that out can cost more than the page, as
scanning rows in vain can cost more than sorting a few; and the next page would ask the same again.
"""

from __future__ import annotations

from typing import NamedTuple

from models.lists.query import CandidateQuery
from models.sql import Sql

# Rows come and go; for so long nothing is lost but time where it is otherwise by now.
SECONDS = 60.0
MAX_ENTRIES = 500

# The part of the table, and the queries.
Question = tuple[tuple[Sql, ...], tuple[CandidateQuery, ...]]


class _Finding(NamedTuple):
    """The set has more than so many rows, or few where that is None."""

    more_than: int | None
    until: float


class Experience:
    """The findings of this process, each for SECONDS. Times are seconds of a monotonic clock."""

    def __init__(self, max_entries: int = MAX_ENTRIES) -> None:
        self._max_entries = max_entries
        self._findings: dict[Question, _Finding] = {}

    def is_detour(self, question: Question, most: int, now: float) -> bool:
        """Whether the set is known to have more than `most` rows."""
        finding = self._findings.get(question)
        if finding is None or finding.more_than is None:
            return False
        return now < finding.until and most <= finding.more_than

    def is_few(self, question: Question, now: float) -> bool:
        """Whether the set is known to have few rows."""
        finding = self._findings.get(question)
        return finding is not None and finding.more_than is None and now < finding.until

    def note_detour(self, question: Question, more_than: int, now: float) -> None:
        """Remember that the set has more than so many rows."""
        self._note(question, _Finding(more_than, now + SECONDS))

    def note_few(self, question: Question, now: float) -> None:
        """Remember that the set has few rows; a second note of it does not extend the time."""
        if not self.is_few(question, now):
            self._note(question, _Finding(None, now + SECONDS))

    def _note(self, question: Question, finding: _Finding) -> None:
        self._findings.pop(question, None)
        if len(self._findings) >= self._max_entries:
            del self._findings[next(iter(self._findings))]
        self._findings[question] = finding
