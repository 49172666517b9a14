"""The difference between the server's clock and ours, as the `Date` of its answers shows it.

Knows nothing of answers. Ages, and filters such as `since:2h`, are by the server's clock where the two
disagree: the server wrote the times that are compared.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# Clocks that are kept by NTP differ by milliseconds; what is shown is in seconds.
TOLERANCE_SECONDS = 5.0
# Half of a longer round trip would be as much as the tolerance.
MAX_ROUND_TRIP_SECONDS = 5.0
# `Date` has whole seconds, and networks jitter: less than this between two measurements is no change.
JITTER_SECONDS = 2.0
# A change is believed when so many answers in a row agree on it.
AGREEING_ANSWERS = 3
# More is no clock that goes wrong, but nonsense.
MAX_DIFFERENCE_SECONDS = 366 * 86_400.0
# By how much the wall clock may move otherwise than the monotonic one during a request.
MAX_STEP_SECONDS = 1.0

_DATE = re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment by both clocks of this machine, in seconds: since the epoch, and monotonic."""

    wall: float
    monotonic: float


class ServerClock:
    """The server's time, measured by its answers; both clocks of this machine are arguments."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._measured: float | None = None
        self._recent: deque[float] = deque(maxlen=AGREEING_ANSWERS)

    def instant(self) -> Instant:
        """This moment."""
        return Instant(self._wall(), self._monotonic())

    @property
    def difference(self) -> timedelta:
        """The server's clock minus ours; zero where they differ by no more than the tolerance."""
        seconds = self._measured or 0.0
        return timedelta(seconds=seconds if abs(seconds) > TOLERANCE_SECONDS else 0.0)

    def now(self) -> datetime:
        """The time at the server, in UTC."""
        return datetime.fromtimestamp(self._wall(), UTC) + self.difference

    def compare(self, date: str, sent: Instant, received: Instant) -> None:
        """Measure by one answer: its `Date` (RFC 9110 §6.6.1), when it was asked for and when it came.

        The first measurement counts at once. A later one that differs counts once three in a row agree: behind
        one URL there may be several servers, and one of them may be wrong.
        """
        measured = _measurement(date, sent, received)
        if measured is None:
            return
        if self._measured is None:
            self._measured = measured
        self._recent.append(measured)
        is_other = all(abs(one - self._measured) > JITTER_SECONDS for one in self._recent)
        do_agree = max(self._recent) - min(self._recent) <= JITTER_SECONDS
        if len(self._recent) == AGREEING_ANSWERS and is_other and do_agree:
            self._measured = measured


def _measurement(date: str, sent: Instant, received: Instant) -> float | None:
    """The difference in seconds; None where the answer does not tell.

    The server wrote the date half the round trip ago, and cut it to whole seconds. A laptop that slept
    meanwhile, or whose clock was set, shows in its two clocks.
    """
    round_trip = received.monotonic - sent.monotonic
    step = abs(received.wall - sent.wall - round_trip)
    if round_trip > MAX_ROUND_TRIP_SECONDS or step > MAX_STEP_SECONDS:
        return None
    if not _DATE.fullmatch(date):
        return None
    try:
        at_server = parsedate_to_datetime(date).timestamp() + 0.5
    except (ValueError, OverflowError):
        return None
    measured = at_server - (received.wall - round_trip / 2)
    return measured if abs(measured) <= MAX_DIFFERENCE_SECONDS else None
