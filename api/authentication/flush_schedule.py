"""The moments at which uses are written and read for dashboards: the same on every node.

A use waits for the next moment to be written, and is read right after it. One statement a second
for each of the two therefore shows it to an operator within a second; with schedules of their own
it could wait a second for the writer and another for the reader. The clocks of the nodes are
assumed to agree; where one is off, its uses are shown up to one second later.
"""

from __future__ import annotations

import time

# Seconds between two moments: below one, so that a use shows within a second of it.
FLUSH_SECONDS = 0.9
# Seconds from writing to reading; writing a batch takes some milliseconds.
READING_SECONDS = 0.05
# Seconds by which a sleep may end early; the moment that it waited for counts as reached.
_EARLY_SECONDS = 0.02


def until_next_flush(now: float | None = None, *, after: float = 0.0) -> float:
    """Seconds from `now` (since the epoch) to `after` seconds past the next moment of writing."""
    past = (time.time() if now is None else now) - after + _EARLY_SECONDS
    return FLUSH_SECONDS - past % FLUSH_SECONDS + _EARLY_SECONDS
