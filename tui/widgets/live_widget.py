"""Owns what every part shares that shows what the server tells: how it is told, and how it ticks.

Knows nothing of the feed: the application hears it and hands it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.widget import Widget

from tui.context import AppContext
from tui.http.feed import Event


class LiveWidget(Widget):
    """A part of a screen that is kept live while its screen is on top."""

    seen: int = 0
    """How much had happened when this part was last loaded."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context

    def handle(self, event: Event) -> None:
        """Something happened at the server."""

    def tick(self, now: datetime) -> None:
        """A second has passed."""

    def reload(self) -> None:
        """Load anew what is shown."""

    def done_with(self, row_ids: Sequence[str]) -> None:
        """Something was done to these rows: whoever has marked them need not any more."""

    def wake(self) -> None:
        """The screen is on top again: load what was missed meanwhile."""
        if self.seen != self.context.happened:
            self.reload()
