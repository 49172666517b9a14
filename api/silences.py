"""Times in which the database did not answer this worker, by the database's own clock.

A rotation may be committed just before a silence, and its answer lost: time in which no retry could
succeed does not count against the grace.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

# Longest time between two answers that is no silence: the probe asks once a second, and a loaded
# machine may be late by as much again.
USUAL = timedelta(seconds=2.5)
# Silences that are remembered: twice as many as fit into the longest grace of 300 s.
MAX_KEPT = 256


class Silences:
    """The silences of the database, derived from the times of its answers."""

    def __init__(self) -> None:
        self._heard_at: datetime | None = None
        self._past: deque[tuple[datetime, datetime]] = deque(maxlen=MAX_KEPT)

    def heard(self, at: datetime) -> None:
        """Notes an answer; `at` is the time of the database."""
        if (silence := self._until(at)) is not None:
            self._past.append(silence)
        self._heard_at = at

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The time for which it was silent between `start` and `end`, which is now."""
        present = self._until(end)
        silences = [*self._past, present] if present is not None else [*self._past]
        spans = (min(end, until) - max(start, since) for since, until in silences)
        return sum((span for span in spans if span > timedelta(0)), timedelta(0))

    def _until(self, moment: datetime) -> tuple[datetime, datetime] | None:
        since = self._heard_at
        if since is None or moment - since <= USUAL:
            return None
        return since, moment
