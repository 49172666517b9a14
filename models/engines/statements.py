"""The interface of the statements that the engines word differently; each is a named question.

A statement knows its table. Deciding what follows from the answer is the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from models.rotation import Rotation

Use = tuple[UUID, datetime, str | None]


class Statements(Protocol):
    """One engine's statements."""

    async def now(self) -> datetime:
        """The database's time, in UTC."""

    async def remove_keys(self, key_ids: Sequence[UUID], /) -> dict[UUID, UUID]:
        """Delete keys; the ids of those that were there, with their users'."""

    async def note_key_uses(self, uses: Sequence[Use], /) -> None:
        """Write when and from where keys were last used, never backwards; ids in their order."""

    async def rotate(self, session_id: UUID, spent_hash: str, rotation: Rotation, /) -> str | None:
        """Rotate a session if `spent_hash` is its current one, in time; the new digest."""

    async def note_network(self, user_id: UUID, network: str, now: datetime, /) -> None:
        """Note a sign-in from a network, never backwards."""

    async def count_operators(self, besides: UUID, /) -> int:
        """The number of enabled operators, the anonymous one and `besides` not counted."""

    async def lock_operators(self) -> None:
        """Let one transaction at a time decide about operators."""

    async def count_events_by_minute(
        self, actions: Sequence[str], since: datetime, /
    ) -> list[tuple[datetime, str, int]]:
        """Minute, outcome and number of the audit events of `actions` since then."""

    async def fold_counters(self) -> None:
        """Sum up the rows of the counters that were added one by one."""

    async def recount(self) -> None:
        """Count the tables anew."""
