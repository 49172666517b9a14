"""Owns what a store of counts is asked and answers. It knows no store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

# An attempt whose worker died stays counted for this long: more than any request may take.
IN_FLIGHT_SECONDS = 60
# An unblocking is applied once to each count; the mark outlives every window.
LIFTED_SECONDS = 7_200


@dataclass(frozen=True, slots=True)
class Limit:
    """How many may fail within a moving window; `name` is part of the key in the store."""

    name: str
    amount: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Count:
    """A limit together with what it is counted for.

    `subjects` are the account and the networks by whose unblocking it is forgiven.
    """

    limit: Limit
    of: str
    subjects: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.limit.name}:{self.of}"


@dataclass(frozen=True, slots=True)
class Entry:
    """Whether an attempt was let in; if not, which counts failures alone have used up.

    `full` holds the seconds until each has room. Empty, attempts in flight hold the last places.
    """

    is_let_in: bool
    full: Mapping[Count, float] = field(default_factory=dict)


class Counts(Protocol):
    """A store. Each method is atomic over all processes that share it.

    Any of them may raise one of `troubles`, or take for ever: the caller bounds it.
    """

    troubles: tuple[type[Exception], ...]

    async def enter(self, attempt: str, counts: Sequence[Count]) -> Entry:
        """Count an attempt as in flight if every count has room for it, else change nothing."""
        ...

    async def leave(self, attempt: str, counts: Sequence[Count], *, has_failed: bool) -> None:
        """End an attempt's flight; one that failed is counted in each of `counts` for good."""
        ...

    async def lift(self, mark: str, count: Count) -> bool:
        """Forget the failures of a count, once for each mark; whether this was the first time."""
        ...

    async def is_reachable(self) -> bool: ...

    async def close(self) -> None: ...
