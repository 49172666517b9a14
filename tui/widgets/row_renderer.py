"""Draws one line of a list: the titles, or a row's cells behind its signs.

Knows nothing of which rows are on screen nor of where the cursor goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.segment import Segment
from rich.style import Style

from tui.lists.columns import GAP, Cell, Column
from tui.lists.schemas import Row
from tui.text import fitted

# Cursor, mark, and the dot of use, each with a place of its own before the first column.
GUTTER = 4

# What was true of a row that is no longer there is not any more.
GONE = Cell("gone")

# A row in use is shown by a shape that shrinks, and by a colour that fades, each enough alone.
WARMTHS: tuple[tuple[float, str, str], ...] = (
    (1.5, "●", "hot"),
    (3.5, "•", "warm"),
    (6.0, "·", "cooling"),
)
COOL_AFTER_SECONDS = WARMTHS[-1][0]

# Each has a style of its own in the table's style sheet.
STYLES = frozenset(
    {
        *("titles", "sorted", "cursor", "cursor-blurred", "marked", "gone"),
        *(style for _, _, style in WARMTHS),
        *("good", "warning", "bad", "dim", "strong"),
    }
)

Widths = Sequence[tuple[Column[Any], int]]


@dataclass(frozen=True, slots=True)
class Highlights:
    """The highlights of rows: used so many seconds ago; marked; and no longer there."""

    warmth: Mapping[str, float]
    marked: frozenset[str]
    gone: frozenset[str]


NO_HIGHLIGHTS = Highlights({}, frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class RowRenderer:
    """Draws lines into these columns; `style` knows what each of `STYLES` looks like."""

    widths: Widths
    style: Callable[[str], Style]

    def titles(self, sort: str) -> Iterable[Segment]:
        """The titles, with an arrow behind the one that the list is sorted by."""
        yield Segment(" " * GUTTER)
        for column, width in self.widths:
            is_sorted = column.sort is not None and column.sort == sort.lstrip("-")
            arrow = ("↓" if sort.startswith("-") else "↑") if is_sorted else ""
            style = self.style("sorted") if is_sorted else None
            yield Segment(fitted(column.title + arrow, width), style)
            yield Segment(" " * GAP)

    def row(
        self, row: Row, highlights: Highlights, now: datetime, *, cursor: str = ""
    ) -> tuple[Iterable[Segment], Style]:
        """A row and the style of its whole line; `cursor` is the style of the cursor, if it is here."""
        dot, warm = _warmth(highlights.warmth.get(row.id))
        is_marked, is_gone = row.id in highlights.marked, row.id in highlights.gone
        names = (warm, "marked" if is_marked else "", "gone" if is_gone else "", cursor)
        style = sum((self.style(name) for name in names if name), start=Style.null())
        sign = "✗" if is_gone else "✓" if is_marked else " "
        gutter = Segment(f"{'›' if cursor else ' '}{sign}{dot} ")
        return (gutter, *self._cells(row, now, is_bare=any(names), is_gone=is_gone)), style

    def _cells(self, row: Row, now: datetime, *, is_bare: bool, is_gone: bool) -> Iterable[Segment]:
        """The row's cells; on a coloured line their tones would be hard to read."""
        for column, width in self.widths:
            cell = GONE if is_gone and column.is_status else column.cell(row, now)
            style = None if is_bare or not cell.tone else self.style(cell.tone)
            yield Segment(fitted(cell.text, width), style)
            yield Segment(" " * GAP)


def _warmth(age: float | None) -> tuple[str, str]:
    """The dot and the style of a row that was used so many seconds ago."""
    if age is not None:
        for limit, dot, style in WARMTHS:
            if age < limit:
                return dot, style
    return " ", ""
