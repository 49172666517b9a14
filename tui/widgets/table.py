"""The visible part of the loaded rows, and the cursor among them.

Draws only the lines on screen. The cursor belongs to a row, by its id, and not to a line: whatever
comes, goes or changes, it stays on its row. One that nobody has moved yet lets go where its row
leaves the screen, so that a list left open shows its head. Knows nothing of where rows come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.lists.columns import GAP, Column, shared
from tui.lists.page_buffer import PAGE_ROWS, Window
from tui.lists.schemas import Row
from tui.text import fitted
from tui.widgets.row_renderer import GUTTER, NO_HIGHLIGHTS, STYLES, RowRenderer

# How near to the end of what is loaded the cursor comes before more is asked for.
# Two screens, so that rows are there when the next key comes; in a high terminal less than a page.
NEAR, FAR = 20, PAGE_ROWS - 10
WHEEL_LINES = 3


class Table(Widget, can_focus=True):
    """A list of rows under a line of titles."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"table--{style}" for style in STYLES}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Row up", show=False, id="list.up"),
        Binding("down,j", "move(1)", "Row down", show=False, id="list.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("home,g", "first", "First row", show=False, id="list.first"),
        Binding("end,G", "last", "Last loaded row", show=False, id="list.last"),
        Binding("enter", "open", "Open", id="list.open"),
    ]

    highlights = reactive(NO_HIGHLIGHTS)
    sort = reactive("")
    hidden: reactive[frozenset[str]] = reactive(frozenset())
    """Titles of the columns that are not to be seen; the first column always is."""
    notice = reactive("")
    is_loading = reactive(default=False)
    """Whether another list is asked for: these rows are faint until it is here."""
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

    class ClickedTooEarly(Message):
        """A row was clicked that is not of the list that is asked for."""

    class SortChosen(Message):
        """A title was clicked."""

        def __init__(self, field: str) -> None:
            super().__init__()
            self.field = field

    def __init__(self, columns: Sequence[Column[Any]], *, is_watched: bool = False) -> None:
        """`is_watched`: there is no cursor, and the head stays on screen, until somebody steps in."""
        super().__init__()
        self._is_watched = is_watched
        self._has_cursor = not is_watched
        # Somebody put the cursor where it is.
        self._is_chosen = False
        self._all_columns = columns
        # Cells that the texts of the list's rows need, by the titles of columns that may grow.
        self._wanted: dict[str, int] = {}
        self._window: Window[Any] = Window()
        self._cursor = 0
        self._top = 0
        # Lines that a move went beyond what is loaded: gone once they are there.
        self._owed = 0
        self._is_leaving = False

    # What is shown

    @property
    def window(self) -> Window[Any]:
        """The loaded rows."""
        return self._window

    def show(self, window: Window[Any], *, is_new: bool = False) -> None:
        """Show these rows. Unless they are a new list, the cursor keeps its row.

        It keeps its line too, but where the head of the list is on screen, whatever comes before
        the cursor is seen coming: the row moves down, and the head stays.
        """
        row, line = self.current, self._cursor - self._top
        is_at_head = self._top == 0 and self._window.begins_the_list and window.begins_the_list
        self._window = window
        self._measure(is_new=is_new)
        found = None if is_new or row is None else window.index_of(row.id)
        kept = 0 if is_new else self._cursor
        self._cursor = min(kept if found is None else found, max(len(window.rows) - 1, 0))
        if found is not None and not is_at_head:
            self._top = self._cursor - line
        if is_new:
            self._is_chosen = False
            self._has_cursor = self._has_cursor or not self._is_watched
        if not self._has_cursor:
            self._let_go()
        self._settle()
        self._pay(is_new=is_new)

    def give_up_moving(self) -> None:
        """The rows that a move waits for do not come."""
        self._owed = 0
        self._is_leaving = False

    @property
    def is_moving(self) -> bool:
        """Whether the cursor is on its way to a row that is not loaded."""
        return self._owed != 0 or self._is_leaving

    def _pay(self, *, is_new: bool) -> None:
        """Finish a move that waited for rows."""
        if is_new:
            self.give_up_moving()
        has_more = self._cursor > 0 if self._owed < 0 else self._cursor < len(self._window.rows) - 1
        if self._owed and has_more:
            self._move_to(self._cursor + self._owed)

    @property
    def current(self) -> Any | None:
        """The row under the cursor."""
        rows = self._window.rows
        return rows[self._cursor] if self._has_cursor and self._cursor < len(rows) else None

    @property
    def is_left_alone(self) -> bool:
        """Whether there are rows and no cursor: the head stays on screen, whatever comes."""
        return bool(self._window.rows) and not self._has_cursor

    def put_cursor_on(self, row_id: str) -> bool:
        """Move the cursor to a row; tells whether it is loaded."""
        index = self._window.index_of(row_id)
        if index is not None:
            self._move_to(index)
        return index is not None

    def step_out(self) -> bool:
        """Only watch again, where this is to be watched; tells whether there was a cursor."""
        had_one = self._is_watched and self._has_cursor
        if had_one:
            self._let_go()
            self.give_up_moving()
            self._settle()
        return had_one

    def _let_go(self) -> None:
        self._has_cursor = self._is_chosen = False
        self._cursor = self._top = 0

    # Moving

    def action_move(self, lines: int) -> None:
        """Moves the cursor by `lines`; the first press chooses the first row."""
        self._move_to(self._cursor + lines if self._has_cursor else 0)

    def action_page(self, pages: int) -> None:
        """Moves the cursor by `pages`, less one line each."""
        self._move_to(self._cursor + pages * max(self._lines - 1, 1))

    def action_first(self) -> None:
        """Moves to the first row; asks for the beginning where it is not loaded."""
        if self._window.begins_the_list:
            self._move_to(0)
            self._is_chosen = False
        else:
            self._is_leaving = True
            self.post_message(self.LeftForStart())

    def action_last(self) -> None:
        """Moves to the last loaded row."""
        self._move_to(len(self._window.rows) - 1)

    def action_open(self) -> None:
        """Opens the current row; without a cursor it chooses the first."""
        if not self._has_cursor:
            self._move_to(0)
        elif self.current is not None:
            self.post_message(self.Opened(self.current))

    def _move_to(self, index: int) -> None:
        last = len(self._window.rows) - 1
        self._has_cursor = self._is_chosen = True
        self._cursor = max(0, min(index, last))
        self._owed = 0
        near = min(max(NEAR, 2 * self._lines), FAR)
        if last - self._cursor < near and not self._window.ends_the_list:
            self._owed = max(index - last, 0)
            self.post_message(self.RanShort(is_after=True))
        elif self._cursor < near and not self._window.begins_the_list:
            self._owed = min(index, 0)
            self.post_message(self.RanShort(is_after=False))
        self._settle()

    def _settle(self) -> None:
        """Bring the cursor's line onto the screen, and fill the screen as far as rows go."""
        lines = self._lines
        if self._cursor >= lines and not self._is_chosen and self.size:
            self._let_go()
        highest = max(len(self._window.rows) - lines, 0)
        self._top = max(self._cursor - lines + 1, min(self._top, self._cursor, highest))
        self._top = max(self._top, 0)
        self.refresh()

    @property
    def _lines(self) -> int:
        return max(self.size.height - 1, 1)

    def on_resize(self) -> None:
        """Keeps the cursor visible."""
        self._settle()

    # The mouse

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Moves the cursor down by WHEEL_LINES."""
        event.stop()
        self.action_move(WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Moves the cursor up by WHEEL_LINES."""
        event.stop()
        self.action_move(-WHEEL_LINES)

    def on_click(self, event: events.Click) -> None:
        """Sorts by a title, or chooses or opens a row."""
        if event.y == 0:
            self._choose_sort(event.x)
        elif self._top + event.y - 1 >= len(self._window.rows):
            return
        elif self.is_loading:
            self.post_message(self.ClickedTooEarly())
        else:
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
        room = max(self.size.width - GUTTER - 1, 1)
        first, *others = self._all_columns
        columns = (first, *(each for each in others if each.title not in self.hidden))
        return shared(columns, room, self.sort, self._wanted)

    def _measure(self, *, is_new: bool) -> None:
        """Note how wide texts are; within one list no column gets narrower again."""
        if is_new:
            self._wanted = {}
        for column in self._all_columns:
            if column.least < column.most and not column.is_time and self.now is not None:
                cells = (column.cell(row, self.now).text for row in self._window.rows)
                widest = max(map(cell_len, cells), default=0)
                self._wanted[column.title] = max(widest, self._wanted.get(column.title, 0))

    def render_line(self, y: int) -> Strip:
        """The titles, or one row."""
        base = self.rich_style
        pen = RowRenderer(self._columns, self._style)
        if y == 0:
            return self._strip(pen.titles(self.sort), base + self._style("titles"))
        rows = self._window.rows
        index = self._top + y - 1
        if index < len(rows):
            assert self.now is not None, "the pane sets it before there are rows"
            is_here = self._has_cursor and index == self._cursor
            cursor = self._cursor_style if is_here else ""
            segments, style = pen.row(rows[index], self.highlights, self.now, cursor=cursor)
            faint = Style(dim=True) if self.is_loading else Style.null()
            return self._strip(segments, base + style + faint)
        if not rows and y == 2:  # noqa: PLR2004  (a line below the titles, for air)
            words = fitted(f"  {self.notice}", self.size.width)
            return self._strip([Segment(words, self._style("dim"))], base)
        return Strip.blank(self.size.width, base)

    @property
    def _cursor_style(self) -> str:
        return "cursor" if self.has_focus else "cursor-blurred"

    def _strip(self, segments: Iterable[Segment], style: Style) -> Strip:
        styled = Segment.apply_style(segments, style)
        return Strip(styled).adjust_cell_length(self.size.width, style)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"table--{name}", partial=True)
