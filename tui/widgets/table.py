"""Owns how the loaded rows of a list are drawn, and where the cursor is among them.

Draws only the lines on screen. The cursor belongs to a row, by its id, and not to a line: whatever
comes, goes or changes, it stays on its row. Knows nothing of where rows come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.columns import GAP, Column, shared
from tui.rows import Row
from tui.text import fitted
from tui.window import Window

# Cursor, mark, and the dot of use, each with a place of its own before the first column.
GUTTER = 4
# How near to the end of what is loaded the cursor comes before more is asked for.
NEAR = 20
WHEEL_LINES = 3

# A row in use is shown by a shape that shrinks, and by a colour that fades, each enough alone.
WARMTHS: tuple[tuple[float, str, str], ...] = (
    (1.5, "●", "table--hot"),
    (3.5, "•", "table--warm"),
    (6.0, "·", "table--cooling"),
)
COOL_AFTER_SECONDS = WARMTHS[-1][0]


@dataclass(frozen=True, slots=True)
class Lights:
    """What shines on the rows: used so many seconds ago; marked; and no longer there."""

    warmth: Mapping[str, float]
    marked: frozenset[str]
    gone: frozenset[str]


DARK = Lights({}, frozenset(), frozenset())


class Table(Widget, can_focus=True):
    """A list of rows under a line of titles."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--titles",
        "table--sorted",
        "table--cursor",
        "table--cursor-blurred",
        "table--marked",
        "table--gone",
        "table--hot",
        "table--warm",
        "table--cooling",
        "table--good",
        "table--warning",
        "table--bad",
        "table--dim",
        "table--strong",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Row up", show=False),
        Binding("down,j", "move(1)", "Row down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "first", "First row", show=False),
        Binding("end,G", "last", "Last loaded row", show=False),
        Binding("enter", "open", "Open"),
    ]

    lights = reactive(DARK)
    sort = reactive("")
    notice = reactive("")
    now: reactive[datetime | None] = reactive(None)

    class Opened(Message):
        """A row was chosen."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    class RanShort(Message):
        """The cursor came near the end (or the beginning) of what is loaded."""

        def __init__(self, *, is_after: bool) -> None:
            super().__init__()
            self.is_after = is_after

    class LeftForStart(Message):
        """The first row of the list is wanted, and is not loaded."""

    class SortChosen(Message):
        """A title was clicked."""

        def __init__(self, field: str) -> None:
            super().__init__()
            self.field = field

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        super().__init__()
        self._all_columns = columns
        self._window: Window[Any] = Window()
        self._cursor = 0
        self._top = 0

    # What is shown

    @property
    def window(self) -> Window[Any]:
        return self._window

    def show(self, window: Window[Any], *, is_new: bool = False) -> None:
        """Show these rows. Unless they are a new list, the cursor keeps its row and its line."""
        row, line = self.current, self._cursor - self._top
        self._window = window
        found = None if is_new or row is None else window.index_of(row.id)
        kept = 0 if is_new else self._cursor
        self._cursor = min(kept if found is None else found, max(len(window.rows) - 1, 0))
        self._top = self._cursor - line if found is not None else self._top
        self._settle()

    @property
    def current(self) -> Any | None:
        """The row under the cursor."""
        rows = self._window.rows
        return rows[self._cursor] if self._cursor < len(rows) else None

    def put_cursor_on(self, row_id: str) -> bool:
        """Move the cursor to a row; tells whether it is loaded."""
        index = self._window.index_of(row_id)
        if index is not None:
            self._move_to(index)
        return index is not None

    # Moving

    def action_move(self, lines: int) -> None:
        self._move_to(self._cursor + lines)

    def action_page(self, pages: int) -> None:
        self._move_to(self._cursor + pages * max(self._lines - 1, 1))

    def action_first(self) -> None:
        if self._window.begins_the_list:
            self._move_to(0)
        else:
            self.post_message(self.LeftForStart())

    def action_last(self) -> None:
        self._move_to(len(self._window.rows) - 1)

    def action_open(self) -> None:
        if self.current is not None:
            self.post_message(self.Opened(self.current))

    def _move_to(self, index: int) -> None:
        last = len(self._window.rows) - 1
        self._cursor = max(0, min(index, last))
        if last - self._cursor < NEAR and not self._window.ends_the_list:
            self.post_message(self.RanShort(is_after=True))
        elif self._cursor < NEAR and not self._window.begins_the_list:
            self.post_message(self.RanShort(is_after=False))
        self._settle()

    def _settle(self) -> None:
        """Bring the cursor's line onto the screen, and fill the screen as far as rows go."""
        lines = self._lines
        highest = max(len(self._window.rows) - lines, 0)
        self._top = max(self._cursor - lines + 1, min(self._top, self._cursor, highest))
        self._top = max(self._top, 0)
        self.refresh()

    @property
    def _lines(self) -> int:
        return max(self.size.height - 1, 1)

    def on_resize(self) -> None:
        self._settle()

    # The mouse

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_move(WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_move(-WHEEL_LINES)

    def on_click(self, event: events.Click) -> None:
        if event.y == 0:
            self._choose_sort(event.x)
        elif self._top + event.y - 1 < len(self._window.rows):
            self._move_to(self._top + event.y - 1)
            if event.chain == 2:  # noqa: PLR2004  (a double click)
                self.action_open()

    def _choose_sort(self, x: int) -> None:
        left = GUTTER
        for column, width in self._columns:
            if left <= x < left + width and column.sort:
                self.post_message(self.SortChosen(column.sort))
            left += width + GAP

    # Drawing

    @property
    def _columns(self) -> tuple[tuple[Column[Any], int], ...]:
        return shared(self._all_columns, max(self.size.width - GUTTER - 1, 1))

    def render_line(self, y: int) -> Strip:
        base = self.rich_style
        if y == 0:
            return self._strip(self._titles(), base + self._style("table--titles"))
        rows = self._window.rows
        index = self._top + y - 1
        if index < len(rows):
            return self._row_strip(rows[index], is_current=index == self._cursor)
        if not rows and y == 2:  # noqa: PLR2004  (a line below the titles, for air)
            words = fitted(f"  {self.notice}", self.size.width)
            return self._strip([Segment(words, self._style("table--dim"))], base)
        return Strip.blank(self.size.width, base)

    def _titles(self) -> Iterable[Segment]:
        yield Segment(" " * GUTTER)
        for column, width in self._columns:
            is_sorted = column.sort is not None and column.sort == self.sort.lstrip("-")
            arrow = ("↓" if self.sort.startswith("-") else "↑") if is_sorted else ""
            style = self._style("table--sorted") if is_sorted else None
            yield Segment(fitted(column.title + arrow, width), style)
            yield Segment(" " * GAP)

    def _row_strip(self, row: Row, *, is_current: bool) -> Strip:
        base = self.rich_style
        dot, warm = self._warmth(row)
        if warm:
            base += self._style(warm)
        if row.id in self.lights.marked:
            base += self._style("table--marked")
        if row.id in self.lights.gone:
            base += self._style("table--gone")
        if is_current:
            base += self._style("table--cursor" if self.has_focus else "table--cursor-blurred")
        is_bare = bool(warm) or is_current or row.id in self.lights.gone | self.lights.marked
        gutter = Segment(self._gutter(row, dot, is_current=is_current))
        return self._strip([gutter, *self._cells(row, is_bare=is_bare)], base)

    def _gutter(self, row: Row, dot: str, *, is_current: bool) -> str:
        mark = "✗" if row.id in self.lights.gone else "✓" if row.id in self.lights.marked else " "
        return f"{'›' if is_current else ' '}{mark}{dot} "

    def _warmth(self, row: Row) -> tuple[str, str]:
        age = self.lights.warmth.get(row.id)
        if age is not None:
            for limit, dot, style in WARMTHS:
                if age < limit:
                    return dot, style
        return " ", ""

    def _cells(self, row: Row, *, is_bare: bool) -> Iterable[Segment]:
        """The row's cells; on a coloured line their tones would be hard to read."""
        now = self.now
        assert now is not None, "the pane sets it before there are rows"
        for column, width in self._columns:
            cell = column.cell(row, now)
            style = None if is_bare or not cell.tone else self._style(f"table--{cell.tone}")
            yield Segment(fitted(cell.text, width), style)
            yield Segment(" " * GAP)

    def _strip(self, segments: Iterable[Segment], style: Style) -> Strip:
        styled = Segment.apply_style(segments, style)
        return Strip(styled).adjust_cell_length(self.size.width, style)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)
