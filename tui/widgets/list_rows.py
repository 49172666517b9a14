"""A list's rows: the loaded pages, the marks, and the latest events.

Knows nothing of how rows are loaded, nor of how they are drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Literal, TypeVar

from tui.lists.page_buffer import Loaded, Origin, PageBuffer, Window
from tui.lists.schemas import Row
from tui.widgets.row_highlights import RowHighlights
from tui.widgets.row_renderer import Highlights

R = TypeVar("R", bound=Row)
# Where pages belong: they begin a list, are this one again, or go on from either end of it.
Place = Literal["anew", "again", "after", "before"]


class ListRows(Generic[R]):
    """The rows of one list."""

    def __init__(self) -> None:
        self.marks: dict[str, R] = {}
        self._pages: PageBuffer[R] = PageBuffer()
        self._highlights = RowHighlights()
        self._left_out: dict[str, tuple[int, R]] = {}
        self._changes: dict[str, Callable[[], object]] = {}

    @property
    def window(self) -> Window[R]:
        """The loaded rows."""
        return self._pages.window

    @property
    def origin(self) -> Origin:
        """Where the loaded rows can be loaded anew from."""
        return self._pages.origin

    @property
    def highlights(self) -> Highlights:
        """The highlights of this moment."""
        return self._highlights.highlights(self.marks)

    def is_loaded(self, row_id: str) -> bool:
        """Whether the row is one of the loaded ones."""
        return self.window.index_of(row_id) is not None

    def is_gone(self, row_id: str) -> bool:
        """Whether the row is shown although it is no longer there."""
        return self._highlights.is_gone(row_id)

    # Answers

    def clear(self) -> None:
        """Forget every row; the marks stay."""
        self._pages = PageBuffer()

    def begin_answer(self) -> None:
        """Forget the changes that were noted for the answer before."""
        self._changes.clear()

    def take(self, place: Place, pages: Sequence[Loaded[R]]) -> None:
        """Put loaded pages in their place; what happened since they were asked for stays true."""
        before = self.window
        first, *more = pages
        add = {"after": self._pages.append, "before": self._pages.prepend}
        add.get(place, self._pages.start)(*first)
        for loaded in more:
            self._pages.append(*loaded)
        self._left_out.clear()
        if place == "again":
            self._compare(before)
        for change in tuple(self._changes.values()):
            change()
        for row in self.window.rows if self.marks else ():
            if row.id in self.marks:
                self.marks[row.id] = row

    def _compare(self, before: Window[R]) -> None:
        """Keeps rows that have just gone for a moment, where they were.

        Of what is missing and not yet known to have gone, the feed may tell in a moment.
        """
        here = {row.id for row in self.window.rows}
        for index, row in enumerate(before.rows):
            if row.id in here:
                continue
            if self.is_gone(row.id):
                self._pages.put(index, row)
            else:
                self._left_out[row.id] = (index, row)

    # What happens to single rows

    def note(self, row_id: str, change: Callable[[], object]) -> None:
        """Make this change to the answer that is on its way, too: it may be older than the change.

        Of each row the last change counts.
        """
        self._changes.pop(row_id, None)
        self._changes[row_id] = change

    def update(self, row_id: str, **changes: object) -> bool:
        """Change a row in its place; tells whether it is loaded."""
        if not self.is_loaded(row_id):
            return False
        self._pages.change(lambda row: row.model_copy(update=changes) if row.id == row_id else row)
        return True

    def replace(self, fresh: R) -> None:
        """Put a row that was loaded anew in its place."""
        self._pages.change(lambda row: fresh if row.id == fresh.id else row)
        if fresh.id in self.marks:
            self.marks[fresh.id] = fresh

    def move_to_top(self, row_id: str) -> None:
        """Put a row before all others, if the list begins here."""
        if self.window.begins_the_list:
            self._pages.move_to_top(row_id)

    def use(self, row_id: str) -> None:
        """The row is being used at this moment."""
        self._highlights.use(row_id)

    def lose(self, row_id: str) -> None:
        """The row is no longer there; it is shown for a moment all the same."""
        if row_id in self._left_out:
            self._pages.put(*self._left_out.pop(row_id))
        if self.is_loaded(row_id):
            self._highlights.lose(row_id)
        self.marks.pop(row_id, None)

    def forget_the_gone(self) -> bool:
        """Take out what has been gone for long enough; tells whether there was any."""
        over = self._highlights.over()
        if over:
            self._pages.change(lambda row: None if row.id in over else row)
        return bool(over)

    # Marks

    def toggle_mark(self, row: R) -> None:
        """Mark the row, or remove its mark."""
        if self.marks.pop(row.id, None) is None:
            self.marks[row.id] = row

    def mark_all(self) -> None:
        """Mark every loaded row, but for those that are gone."""
        self._mark(self.window.rows)

    def mark_range(self, row: R) -> None:
        """Mark the rows from the one that was marked last to this one, both included."""
        window = self.window
        here = window.index_of(row.id)
        if here is None:
            return
        last = window.index_of(next(reversed(self.marks), row.id))
        begin = here if last is None else last
        self._mark(window.rows[min(begin, here) : max(begin, here) + 1])
        # The next range goes on from here.
        self.marks[row.id] = self.marks.pop(row.id, row)

    def _mark(self, rows: Iterable[R]) -> None:
        self.marks |= {row.id: row for row in rows if not self.is_gone(row.id)}
