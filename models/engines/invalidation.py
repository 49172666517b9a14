"""The interface for changes of credentials, by which a process voids its cache.

An implementation knows whether the cache can be trusted. It does not know its content.
"""

from __future__ import annotations

from typing import Protocol

EVERYTHING = "all"


class Listener(Protocol):
    """The receiver of changes, which is called before the next answer."""

    def forget(self, what: str) -> None:
        """Voids `user:ID`, `session:ID`, `key:ID`, or `all`."""


class Invalidation(Protocol):
    """The source of changes of one engine."""

    def is_current(self) -> bool:
        """Whether every change up to this moment has reached the listener.

        Called for every request. If not, the database must be asked.
        """

    async def start(self) -> None:
        """Starts to receive changes; returns at once, even while the database is unreachable."""

    async def settle(self) -> None:
        """Returns once the changes committed before the call have reached this process."""

    async def stop(self) -> None:
        """Stops receiving changes."""
