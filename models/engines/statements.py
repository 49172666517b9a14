"""The interface of the statements that the engines word differently; each is a named question.

A statement knows its table. The caller decides what follows from the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from models.rotation import Rotation

Use = tuple[UUID, datetime, str | None]


class Statements(Protocol):
    """The statements of one engine."""

    async def now(self) -> datetime:
        """The database's time, in UTC."""

    async def remove_keys(self, key_ids: Sequence[UUID], /) -> dict[UUID, UUID]:
        """Deletes keys; maps the ids of those that existed to their users' ids."""

    async def note_key_uses(self, uses: Sequence[Use], /) -> None:
        """Writes the last use of keys, never backwards; `uses` are in the order of the ids."""

    async def rotate(self, session_id: UUID, spent_hash: str, rotation: Rotation, /) -> str | None:
        """Rotates a session if `spent_hash` is its current digest, in time; returns the new one."""

    async def note_network(self, user_id: UUID, network: str, now: datetime, /) -> None:
        """Notes a sign-in from a network; the time never goes backwards."""

    async def count_operators(self, besides: UUID, /) -> int:
        """Number of enabled operators, without the anonymous one and `besides`."""

    async def lock_operators(self) -> None:
        """Serialises decisions about operators until the running transaction ends."""

    async def count_events_by_minute(
        self, actions: Sequence[str], since: datetime, /
    ) -> list[tuple[datetime, str, int]]:
        """The audit events of `actions` since then, as (minute, outcome, number)."""

    async def fold_counters(self) -> None:
        """Sums up the rows of the counters that triggers inserted one by one."""

    async def recount(self) -> None:
        """Counts the tables again and replaces the counters."""
