"""The interface for the table `auth_events`; the engines differ in the order of commits."""

from __future__ import annotations

from typing import Protocol

from models.event_position import Position, Row


class Events(Protocol):
    """Reads and deletes the events of one engine."""

    async def present_position(self) -> Position:
        """The position of a reader who has seen every event that is committed now."""

    async def events_after(self, position: Position, limit: int, /) -> tuple[list[Row], Position]:
        """At most `limit` events after `position`, and the position after reading them."""

    async def remove_events(self, position: Position, /) -> None:
        """Deletes the events that a reader at `position` has seen."""

    def is_position(self, position: Position, /) -> bool:
        """Whether a position has the form of this engine."""
