"""The interface of the probe of whether the database accepts writes.

The module does not know how long a refusal lasts, nor who asks.
"""

from __future__ import annotations

from typing import Protocol

from models.engines.trouble import Trouble


class WriteProbe(Protocol):
    """The probe of one engine; it changes nothing."""

    async def look(self) -> Trouble | None:
        """The trouble that a write would meet; None where it would succeed."""

    def close(self) -> None:
        """Closes the connection of the probe."""
