"""The tiles of the overview: a few numbers, each under its name. Draws what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

from tui.lists.schemas import Overview
from tui.text import fitted

Tile = tuple[str, tuple[tuple[str, str], ...]]

NUMBER = 6


def tiles_of(overview: Overview) -> tuple[Tile, ...]:
    """The tiles of an overview."""
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
        """Draws these tiles."""
        self._tiles = tiles
        self.refresh()

    def render(self) -> Text:
        """The tiles side by side, as many as fit."""
        text = Text(no_wrap=True, end="")
        columns = [_lines_of(tile) for tile in self._tiles]
        widths = _widths(columns, self.size.width)
        for line in range(self.LINES if columns else 0):
            for lines, width in zip(columns, widths, strict=True):
                text.append_text(self._styled(lines[line], width, is_head=line == 0))
            text.append("\n")
        return text

    def _styled(self, words: str, width: int, *, is_head: bool) -> Text:
        style = self.get_component_rich_style(
            "tiles--head" if is_head else "tiles--name", partial=True
        )
        text = Text(fitted(words, width), no_wrap=True, end="")
        # Of a number and its name only the name is faint.
        text.stylize(style, 0 if is_head else NUMBER)
        return text


def _lines_of(tile: Tile) -> list[str]:
    head, numbers = tile
    lines = [head, *(f"{number:>{NUMBER}} {name}" for number, name in numbers)]
    return [*lines, *[""] * (Tiles.LINES - len(lines))]


def _widths(columns: Sequence[Sequence[str]], width: int) -> list[int]:
    """Each tile as wide as it has to be, and the rest of the width shared."""
    needed = [max(map(cell_len, lines)) + 1 for lines in columns]
    spare = max(width - sum(needed), 0) // max(len(needed), 1)
    return [least + spare for least in needed]
