"""The interface of reading the table `auth_events`, whose order of commits the engines differ in."""

from __future__ import annotations

from typing import Protocol

from models.event_position import Position, Row


class Events(Protocol):
    """One engine's way to read and remove events."""

    async def present_position(self) -> Position:
        """The position of a reader who has seen all events that are committed now."""

    async def events_after(self, position: Position, limit: int, /) -> tuple[list[Row], Position]:
        """At most `limit` events after `position`, and where a reader stands who has read them."""

    async def remove_events(self, position: Position, /) -> None:
        """Delete the events that a reader at `position` has seen."""

    def is_position(self, position: Position, /) -> bool:
        """Whether a position can be one of this engine."""
