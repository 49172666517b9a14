"""Owns the beat at which uses are written and dashboards are told: the same on every node.

A use waits for the next beat to be written, and is read right after it. So one statement a second
for each of the two brings it onto an operator's screen within a second, where beats of their own
would need two: a use could wait a whole one for the writer, and another for the reader. The clocks
of the nodes are taken to agree; where one is off, its uses are told up to one beat later.
"""

from __future__ import annotations

import time

FLUSH_SECONDS = 0.9
# How long after the beat what is written at it is read: a batch takes some milliseconds.
READING_SECONDS = 0.05
# A sleep may end a little before its time; the beat that it was for has come then.
_EARLY_SECONDS = 0.02


def until_next_flush(now: float | None = None, *, after: float = 0.0) -> float:
    """Seconds from `now` (since the epoch) to `after` seconds past the next beat."""
    past = (time.time() if now is None else now) - after + _EARLY_SECONDS
    return FLUSH_SECONDS - past % FLUSH_SECONDS + _EARLY_SECONDS
