"""How this process hears that a credential changed: one small interface, an ear an engine.

It knows when what is remembered can be trusted. It does not know what is remembered.
"""

from __future__ import annotations

from typing import Protocol

EVERYTHING = "all"


class Listener(Protocol):
    """Told what changed, before anything else is answered."""

    def forget(self, what: str) -> None:
        """`what` is `user:ID`, `session:ID`, `key:ID`, or `all`."""


class Invalidation(Protocol):
    """An ear."""

    def is_current(self) -> bool:
        """Whether, right now, every change up to this moment has been passed to the listener.

        Called for every request. Where the answer is no, the database must be asked.
        """

    async def start(self) -> None:
        """Begin to listen; returns at once, also while the database is away."""

    async def settle(self) -> None:
        """Return once this process has heard of what was committed before the call."""

    async def stop(self) -> None:
        """Stop listening."""
