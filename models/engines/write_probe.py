"""The interface of the question whether the database takes writes.

It does not know for how long a no lasts, nor who wants to know.
"""

from __future__ import annotations

from typing import Protocol

from models.engines.trouble import Trouble


class WriteProbe(Protocol):
    """One engine's way to ask; it leaves nothing behind."""

    async def look(self) -> Trouble | None:
        """The trouble that a write would meet; None where it would go through."""

    def close(self) -> None:
        """Let go of everything."""
