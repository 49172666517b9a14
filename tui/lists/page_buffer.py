"""The piece of a list that is loaded: a few pages around what is shown.

A list of a million rows costs what one of a hundred does: pages that were scrolled away from are
forgotten, and loaded again when they are wanted. Knows nothing of widgets or of the network.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tui.lists.schemas import Page, Row

R = TypeVar("R", bound=Row)

PAGE_ROWS = 60
# Three pages are at most 180 rows: one request (of up to 200) loads them all anew.
PAGES = 3


@dataclass(frozen=True, slots=True)
class Window(Generic[R]):
    """Rows in their order; the cursors say where the list goes on in either direction."""

    rows: tuple[R, ...] = ()
    before: str | None = None
    after: str | None = None

    @property
    def begins_the_list(self) -> bool:
        """Whether no rows precede the window."""
        return self.before is None

    @property
    def ends_the_list(self) -> bool:
        """Whether no rows follow the window."""
        return self.after is None

    @property
    def extent(self) -> str:
        """How many rows are loaded, in words, and where there are more."""
        count = len(self.rows)
        rows = f"{count} row{'' if count == 1 else 's'}"
        if self.begins_the_list and self.ends_the_list:
            return rows
        ends = (("above", self.begins_the_list), ("below", self.ends_the_list))
        return f"{rows} loaded, more {' and '.join(end for end, is_here in ends if not is_here)}"

    def index_of(self, row_id: str) -> int | None:
        """Where the row is, if it is loaded."""
        for index, row in enumerate(self.rows):
            if row.id == row_id:
                return index
        return None

    def row(self, row_id: str) -> R | None:
        """The row itself, if it is loaded."""
        index = self.index_of(row_id)
        return None if index is None else self.rows[index]


@dataclass(frozen=True, slots=True)
class Origin:
    """The cursor that a page was asked for with; None is the beginning of the list."""

    cursor: str | None = None
    is_backward: bool = False


# A page, and where it came from.
Loaded = tuple[Page[R], Origin]


class PageBuffer(Generic[R]):
    """The loaded pages, the first at the left, each with where it came from."""

    def __init__(self) -> None:
        self._pages: deque[Loaded[R]] = deque()

    def start(self, page: Page[R], origin: Origin) -> None:
        """Begin anew with this page."""
        self._pages = deque([(page, origin)])

    def append(self, page: Page[R], origin: Origin) -> None:
        """Go on behind the last page; the first one goes when there are too many."""
        self._pages.append((page, origin))
        if len(self._pages) > PAGES:
            self._pages.popleft()

    def prepend(self, page: Page[R], origin: Origin) -> None:
        """Go on before the first page; the last one goes when there are too many."""
        self._pages.appendleft((page, origin))
        if len(self._pages) > PAGES:
            self._pages.pop()

    def change(self, change: Callable[[R], R | None]) -> None:
        """Put each row's change in its place; None takes the row out."""
        for index, (page, origin) in enumerate(self._pages):
            rows = tuple(new for row in page.data if (new := change(row)) is not None)
            if rows != page.data:
                self._pages[index] = (page.model_copy(update={"data": rows}), origin)

    def move_to_top(self, row_id: str) -> None:
        """Put a row before all others; the list must begin here."""
        row = self.window.row(row_id)
        if row is not None:
            self.change(lambda other: None if other.id == row_id else other)
            self.put(0, row)

    def put(self, index: int, row: R) -> None:
        """Put a row where it stands at that place of the window, or at its end."""
        for number, (page, origin) in enumerate(self._pages):
            is_last = number == len(self._pages) - 1
            if index <= len(page.data) or is_last:
                rows = (*page.data[:index], row, *page.data[index:])
                self._pages[number] = (page.model_copy(update={"data": rows}), origin)
                return
            index -= len(page.data)

    @property
    def origin(self) -> Origin:
        """Where the window can be loaded anew from: where the first page came from.

        A window that begins the list is loaded from the beginning: before the cursor by which one
        came back to it, there may be more than a page by now.
        """
        return Origin() if self.window.begins_the_list else self._pages[0][1]

    @property
    def window(self) -> Window[R]:
        """The loaded rows, each once: between two requests rows may have moved."""
        if not self._pages:
            return Window()
        rows = {row.id: row for page, _ in self._pages for row in page.data}
        first, last = self._pages[0][0], self._pages[-1][0]
        return Window(tuple(rows.values()), first.previous_cursor, last.next_cursor)
