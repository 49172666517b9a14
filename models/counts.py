"""The values and the interface of a store of counts: recent failures, and attempts in flight.

The stores are a SQLite file that the workers of one node share (`models.engines.sqlite.counts`),
and Redis for nodes that count together (`api.redis_counts`). The module knows neither, and not
which things are counted together, which `api.throttle` decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

# Seconds for which the attempt of a dead worker stays counted: more than any request may take.
IN_FLIGHT_SECONDS = 60
# Seconds for which an unblocking is marked as applied to a count: longer than every window.
LIFTED_SECONDS = 7_200


@dataclass(frozen=True, slots=True)
class Limit:
    """The failures that are allowed within a moving window; `name` is part of the store's key."""

    name: str
    amount: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Count:
    """A limit, and the thing that is counted under it.

    `subjects` are the account and the networks; unblocking one of them forgives the count.
    """

    limit: Limit
    of: str
    subjects: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The key in a store: the name of the limit and the thing that is counted."""
        return f"{self.limit.name}:{self.of}"


@dataclass(frozen=True, slots=True)
class Entry:
    """The answer to an attempt: let in, or the counts that failures alone have used up.

    `full` maps each of these to the seconds until it has room. It is empty where attempts in flight
    hold the last places.
    """

    is_let_in: bool
    full: Mapping[Count, float] = field(default_factory=dict)


class Counts(Protocol):
    """A store. Each method is atomic over all processes that share it.

    Any method may raise one of `troubles`, or never return; the caller sets a timeout.
    """

    troubles: tuple[type[Exception], ...]

    async def enter(self, attempt: str, counts: Sequence[Count]) -> Entry:
        """Counts `attempt` as in flight if every count has room for it, else changes nothing."""
        ...

    async def leave(self, attempt: str, counts: Sequence[Count], *, has_failed: bool) -> None:
        """Ends the flight of an attempt; a failed one counts in each of `counts` for its window."""
        ...

    async def lift(self, mark: str, count: Count) -> bool:
        """Forgets the failures of a count once for each mark; whether it was the first time."""
        ...

    async def is_reachable(self) -> bool:
        """Whether the store answers; it raises none of `troubles`."""
        ...

    async def close(self) -> None:
        """Closes the connections of this process; counts stay for the other ones."""
        ...
