"""The interface of the parts of a screen that show data of the server.

Knows nothing of the feed: the application hears it and hands it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tui.http.feed import Event

# The style class of these parts, by which a screen finds them.
LIVE = "live"


class Live(Protocol):
    """A part of a screen that is kept live while its screen is on top."""

    seen: int
    """How much had happened when this part was last loaded."""

    def handle(self, event: Event) -> None:
        """Take over what happened at the server."""

    def tick(self, now: datetime) -> None:
        """Let ages grow: a second has passed."""

    def reload(self) -> None:
        """Load anew what is shown."""

    def wake(self) -> None:
        """Load what was missed while the screen was not on top."""

    def unmark(self, row_ids: Sequence[str]) -> None:
        """Remove the marks of these rows: something was done to them."""
