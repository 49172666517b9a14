"""Owns the tiles of the overview: a few numbers, each under its name. Draws what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.widget import Widget

from tui.rows import Overview
from tui.text import fitted

Tile = tuple[str, tuple[tuple[str, str], ...]]


def tiles_of(overview: Overview) -> tuple[Tile, ...]:
    """What the tiles say."""
    users, keys = overview.users, overview.api_keys
    return (
        (
            f"{users.total:,} users",
            (
                (f"{users.operators:,}", "operators"),
                (f"{users.disabled:,}", "disabled"),
                (f"{users.new_24h:,}", "new in 24 h"),
            ),
        ),
        (
            f"{overview.sessions.live:,} sessions",
            (
                (f"{sum(minute.success for minute in overview.sign_ins):,}", "sign-ins, 1 h"),
                (f"{sum(minute.failure for minute in overview.sign_ins):,}", "failures, 1 h"),
            ),
        ),
        (
            f"{keys.live:,} live keys",
            (
                (f"{keys.expired:,}", "expired"),
                (f"{keys.never_used:,}", "never used"),
                (f"{keys.stale:,}", "unused"),
            ),
        ),
        (
            f"{keys.used_1m:,} in use",
            (
                (f"{keys.used_1m:,}", "in 1 min"),
                (f"{keys.used_1h:,}", "in 1 h"),
                (f"{keys.used_24h:,}", "in 24 h"),
            ),
        ),
    )


class Tiles(Widget):
    """Tiles beside each other."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tiles--head", "tiles--name"}
    LINES = 4

    def __init__(self) -> None:
        super().__init__()
        self._tiles: Sequence[Tile] = ()

    def show(self, tiles: Sequence[Tile]) -> None:
        self._tiles = tiles
        self.refresh()

    def render(self) -> Text:
        text = Text(no_wrap=True, end="")
        if not self._tiles:
            return text
        width = self.size.width // len(self._tiles)
        for line in range(self.LINES):
            for head, numbers in self._tiles:
                self._append(text, line, head, numbers, width)
            text.append("\n")
        return text

    def _append(
        self, text: Text, line: int, head: str, numbers: tuple[tuple[str, str], ...], width: int
    ) -> None:
        if line == 0:
            style = self.get_component_rich_style("tiles--head", partial=True)
            text.append(fitted(head, width), style)
        elif line <= len(numbers):
            number, name = numbers[line - 1]
            style = self.get_component_rich_style("tiles--name", partial=True)
            text.append(f"{number:>5} ")
            text.append(fitted(name, width - max(len(number), 5) - 1), style)
        else:
            text.append(" " * width)
