"""Owns when the database did not answer this worker, by the database's own clock.

A rotation may be committed in the last moment before a silence, and answered by nobody: time in
which no retry could succeed does not count against it.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

# Somebody asks once a second; a loaded machine may be late by as much again.
USUAL = timedelta(seconds=2.5)
# The longest grace is 300 s: as many silences as can be in that time, twice.
MAX_KEPT = 256


class Silences:
    """Told whenever the database has answered."""

    def __init__(self) -> None:
        self._heard_at: datetime | None = None
        self._past: deque[tuple[datetime, datetime]] = deque(maxlen=MAX_KEPT)

    def heard(self, at: datetime) -> None:
        """It answered, and this was its time."""
        if (silence := self._until(at)) is not None:
            self._past.append(silence)
        self._heard_at = at

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How long it was silent between two moments, the second of which is now."""
        present = self._until(end)
        silences = [*self._past, present] if present is not None else [*self._past]
        spans = (min(end, until) - max(start, since) for since, until in silences)
        return sum((span for span in spans if span > timedelta(0)), timedelta(0))

    def _until(self, moment: datetime) -> tuple[datetime, datetime] | None:
        since = self._heard_at
        if since is None or moment - since <= USUAL:
            return None
        return since, moment
