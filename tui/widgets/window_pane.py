"""Owns the rows of one list on screen: the window that is loaded, and what is shown of it.

The loader asks for them, a message brings them, and only then is anything drawn. What is asked for
(the filter, the order) is said by who derives from this, and so is when.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, TypeVar

from textual import on

from tui.context import AppContext
from tui.http.errors import NotSignedIn, Refused, Trouble
from tui.lists.columns import Column
from tui.lists.page_buffer import PAGE_ROWS, Origin, PageBuffer, Window
from tui.lists.schemas import Row
from tui.widgets.loader import Loader, Query
from tui.widgets.refresh_queue import RefreshQueue
from tui.widgets.row_highlights import RowHighlights
from tui.widgets.table import Table

R = TypeVar("R", bound=Row)

# What could not be loaded is tried again after so long.
AGAIN_SECONDS = 5.0
# What takes long to load is loaded anew only after so many times what it took.
SLOW_SECONDS, REST = 0.5, 3.0
LOADING = "Loading…"
# However much happens, it is drawn at most so often.
SOON_SECONDS = 0.05


class WindowPane(Loader[R]):
    """The window of a list; `fixed` parameters narrow it for good, as on the page of one user."""

    is_watched: ClassVar[bool] = False

    def __init__(self, context: AppContext, fixed: Mapping[str, str] | None = None) -> None:
        super().__init__(context)
        self.fixed = dict(fixed or {})
        # Kept by name: what happens is told up to the very end, when children are gone already.
        self.table = Table(self._columns, is_watched=self.is_watched)
        self.marks: dict[str, R] = {}
        self.trouble = ""
        self._pages: PageBuffer[R] = PageBuffer()
        self._highlights = RowHighlights()
        self._refresh_queue = RefreshQueue()
        self._left_out: dict[str, tuple[int, R]] = {}
        self._is_show_due = False
        self.loaded_at: float | None = None
        self._shown: Query | None = None
        self._rests_until = 0.0
        self._is_awaited = False
        """Another list was asked for, and neither it nor a refusal is here."""

    @property
    def _columns(self) -> Sequence[Column[R]]:
        """On the page of one user nobody needs to be told whose rows they are."""
        is_narrow = "user_id" in self.fixed
        return [column for column in self.listing.columns if not (is_narrow and column.is_owner)]

    @property
    def current(self) -> R | None:
        """The row under the cursor, unless it is no longer there."""
        row: R | None = self.table.current
        return None if row is None or self._highlights.is_gone(row.id) else row

    # What derives from this says

    @property
    def nothing(self) -> str:
        """What stands where no rows are."""
        return self.listing.empty

    @property
    def horizon(self) -> datetime | None:
        """How far back rows are loaded, where the newest come first; None: all are."""
        return None

    def say(self) -> None:
        """Bring the words around the table up to date."""

    @property
    def is_refused(self) -> bool:
        """Whether there is no list, for what is asked for cannot be."""
        return False

    def refuse(self, trouble: Trouble) -> bool:  # noqa: ARG002  (who derives from this needs it)
        """The server refused what is asked for; tells whether that is what was wrong."""
        return False

    def settle(self) -> None:
        """Rows came for what was asked, or will not come."""

    # Loading

    def clear(self) -> None:
        """Show no rows: those of another question would be taken for the answer."""
        self.workers.cancel_node(self)
        self._fetching = self._newest = None
        self._is_awaited = False
        self._pages = PageBuffer()
        self._shown = self.loaded_at = None
        self.trouble = ""
        self._show(is_new=True)

    def reload(self) -> None:
        """Load the window anew where it stands; the cursor stays on its row."""
        if self.is_refused:
            return
        if self._is_awaited:
            self.load_anew(None if self._newest is None else self._newest.returns_to)
            return
        if self._shown != self.asked:
            # What stands there is another list, and so are its cursors.
            self.load_anew()
            return
        self.seen = self.context.happened
        self._refresh_queue.seek()
        self._fetch("again", self._pages.origin, max(PAGE_ROWS, len(self._pages.window.rows)))

    def load_anew(self, returns_to: str | None = None) -> None:
        """Load another list, from its beginning on; the cursor goes to that row, or to the first."""
        self.seen = self.context.happened
        self._refresh_queue.seek()
        self._is_awaited = True
        self.table.notice = LOADING
        self._fetch("anew", Origin(), PAGE_ROWS, returns_to=returns_to)
        self.say()

    @on(Table.LeftForStart)
    def _wants_start(self) -> None:
        self.load_anew()

    @on(Table.RanShort)
    def _wants_more(self, event: Table.RanShort) -> None:
        event.stop()
        window = self._pages.window
        cursor = window.after if event.is_after else window.before
        if cursor is not None and self._fetching is None:
            place = "after" if event.is_after else "before"
            self._fetch(place, Origin(cursor, is_backward=not event.is_after), PAGE_ROWS)

    @on(Loader.Arrived)
    def _arrived(self, event: Loader.Arrived) -> None:
        event.stop()
        if event.fetch is not self._newest:
            return
        add = {"after": self._pages.append, "before": self._pages.prepend}
        before = self._pages.window
        first, *more = event.pages
        ends = {"after": before.after, "before": before.before}
        if event.place in ends and first[1].cursor != ends[event.place]:
            # Another window has come meanwhile, which goes on from elsewhere.
            return
        add.get(event.place, self._pages.start)(*first)
        for loaded in more:
            self._pages.append(*loaded)
        self._left_out.clear()
        if event.place == "again":
            self._compare(before)
        if event.place in ("again", "anew"):
            here = (row.id for row in self._pages.window.rows)
            self._refresh_queue.found(here, horizon=self.horizon, is_new=event.place == "anew")
        self.trouble = ""
        self._shown = event.fetch.query
        if event.place == "anew":
            self._is_awaited = False
        self.loaded_at = time.monotonic()
        self._rests_until = self.loaded_at
        if event.seconds > SLOW_SECONDS:
            self._rests_until += REST * event.seconds
        self._refresh_marks()
        self._show(is_new=event.place == "anew")
        if event.place == "anew" and event.fetch.returns_to is not None:
            self.table.put_cursor_on(event.fetch.returns_to)
        self.settle()

    def _compare(self, before: Window[R]) -> None:
        """What has just gone is still shown for a moment, where it was.

        Of what is missing and not yet known to have gone, the feed may tell in a moment.
        """
        for index, row in enumerate(before.rows):
            if self._pages.window.index_of(row.id) is not None:
                continue
            if self._highlights.is_gone(row.id):
                self._pages.put(index, row)
            else:
                self._left_out[row.id] = (index, row)

    @on(Loader.Failed)
    def _failed(self, event: Loader.Failed) -> None:
        event.stop()
        if event.fetch not in (None, self._newest):
            # Something else is asked for by now.
            return
        self.table.give_up_moving()
        if event.place == "anew":
            if self.refuse(event.trouble):
                return
            self._is_awaited = False
            if self._shown != self.asked:
                # Rows of another question would be taken for the answer.
                self.clear()
        self.trouble = event.trouble.words
        # A refusal of what was there before is for good; a list that never was is tried again.
        if self.loaded_at is None or not isinstance(event.trouble, Refused):
            self._rests_until = time.monotonic() + AGAIN_SECONDS
            self._refresh_queue.is_head |= event.place in ("again", "anew")
            for row_id in event.row_ids:
                self._refresh_queue.renew(row_id)
        if isinstance(event.trouble, NotSignedIn):
            self.context.lose_sign_in(event.trouble)
        self.say()
        self.settle()

    @on(Loader.Renewed)
    def _renewed(self, event: Loader.Renewed) -> None:
        event.stop()
        self.trouble = ""
        fresh = event.row
        if fresh is None:
            self.lose(event.row_id)
            return
        self._pages.change(lambda row: fresh if row.id == event.row_id else row)  # type: ignore[arg-type,return-value]
        self._refresh_marks()
        self._show()

    def lose(self, row_id: str) -> None:
        """The row is no longer there."""
        if row_id in self._left_out:
            self._pages.put(*self._left_out.pop(row_id))
        if self._pages.window.index_of(row_id) is not None:
            self._highlights.lose(row_id)
        self.marks.pop(row_id, None)
        self.show_soon()

    # Showing

    def _show(self, *, is_new: bool = False) -> None:
        self.table.notice = self.nothing
        self.table.show(self._pages.window, is_new=is_new)
        self.redraw_highlights()
        self.say()

    def show_soon(self) -> None:
        """Draw what has changed, once for all that happens within a moment."""
        if self.is_running and not self._is_show_due:
            self._is_show_due = True
            self.set_timer(SOON_SECONDS, self._show_now)

    def _show_now(self) -> None:
        self._is_show_due = False
        self._show()

    def redraw_highlights(self) -> None:
        """Give the table its highlights; nothing is drawn where nothing changed."""
        self.table.highlights = self._highlights.highlights(self.marks)

    def _forget_the_gone(self) -> None:
        over = self._highlights.over()
        if over:
            self._pages.change(lambda row: None if row.id in over else row)
            self._show()

    def _refresh_marks(self) -> None:
        """A marked row that was loaded anew is remembered as it is now."""
        for row in self._pages.window.rows if self.marks else ():
            if row.id in self.marks:
                self.marks[row.id] = row
