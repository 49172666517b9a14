"""Keeps the rows of one list up to date: the requests, their times, and the changes.

Knows nothing of filters and keys, nor of how anything is drawn: the list that shows the rows is told.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from textual.widget import Widget

from tui.context import AppContext
from tui.http.errors import Refused, Trouble
from tui.lists.listing import Listing
from tui.lists.page_buffer import PAGE_ROWS, Loaded, Origin
from tui.lists.schemas import Row
from tui.widgets.fetcher import Fetcher
from tui.widgets.list_loader import ListLoader, Query
from tui.widgets.list_rows import ListRows, Place
from tui.widgets.refresh_queue import RefreshQueue

R = TypeVar("R", bound=Row)


class Display(Protocol):
    """The list on screen, as far as its rows need it."""

    seen: int

    @property
    def asked(self) -> Query | None:
        """The query in force; None where there can be no rows."""

    @property
    def horizon(self) -> datetime | None:
        """The time back to which rows are loaded, where the newest come first; None: all are."""

    def show(self, *, is_new: bool = False, returns_to: str | None = None) -> None:
        """Draw the rows; the cursor of a new list goes to that row."""

    def show_soon(self) -> None:
        """Draw the rows, once for all that happens within a moment."""

    def miss(self, trouble: Trouble, *, is_new: bool) -> bool:
        """Say why there are no rows; tells whether the query is to blame, so that none can come."""


class LiveRows(Generic[R]):
    """The rows of one list, loaded and kept live for `display`, which is the widget `owner`."""

    def __init__(
        self, owner: Widget, display: Display, context: AppContext, listing: Listing[Any]
    ) -> None:
        self.rows: ListRows[R] = ListRows()
        self.fetcher: Fetcher[list[Loaded[R]]] = Fetcher(owner, context, self._load_what_is_due)
        self._row_fetcher: Fetcher[tuple[str, R | None]] = Fetcher(
            owner, context, self._load_what_is_due
        )
        self._display, self._context = display, context
        self._loader: ListLoader[R] = ListLoader(context, listing)
        self._queue = RefreshQueue()
        self._returns_to: str | None = None
        self._shown: Query | None = None
        self.is_awaited = False
        """Another list was asked for, and neither it nor a refusal is here."""
        self.loaded_at: float | None = None
        self.trouble = ""
        """Why the rows could not be loaded, in words."""

    @property
    def is_current(self) -> bool:
        """Whether the query in force is the one whose rows are here, or on their way."""
        return self.is_awaited or self._shown == self._display.asked

    # Asking

    def reload(self) -> None:
        """Load the rows anew where they stand."""
        if self._display.asked is None:
            return
        if self.is_awaited:
            self.load_anew(self._returns_to)
        elif not self.is_current:
            # Another list stands there, and so do its cursors.
            self.load_anew()
        else:
            self._fetch("again", self.rows.origin, max(PAGE_ROWS, len(self.rows.window.rows)))

    def load_anew(self, returns_to: str | None = None) -> None:
        """Load another list, from its beginning on; the cursor goes to that row, or to the first."""
        self.is_awaited = True
        self._returns_to = returns_to
        self._fetch("anew", Origin(), PAGE_ROWS)

    def load_more(self, *, is_after: bool) -> None:
        """Load a page more at one end, where there is one."""
        window = self.rows.window
        cursor = window.after if is_after else window.before
        if cursor is not None and not self.fetcher.is_asking:
            origin = Origin(cursor, is_backward=not is_after)
            self._fetch("after" if is_after else "before", origin, PAGE_ROWS)

    def clear(self) -> None:
        """Show no rows: those of another question would be taken for the answer."""
        self.fetcher.give_up()
        self._row_fetcher.give_up()
        self.rows.clear()
        self.is_awaited = False
        self._shown = self.loaded_at = None
        self.trouble = ""
        self._display.show(is_new=True)

    def _fetch(self, place: Place, origin: Origin, count: int) -> None:
        """Ask for pages; what was being asked for is given up."""
        query = self._display.asked
        if query is None:
            return
        if place in ("again", "anew"):
            self._display.seen = self._context.happened
            self._queue.seek()
        self.rows.begin_answer()
        self.fetcher.ask(
            partial(self._loader.pages, query, origin, count, is_new=place == "anew"),
            partial(self._take, place, query),
            partial(self._miss, place),
        )

    def _take(self, place: Place, query: Query, pages: Sequence[Loaded[R]]) -> None:
        # The rest of a new list is loaded like one that is there.
        is_new = place == "anew" and self.is_awaited
        self.rows.take("again" if place == "anew" and not is_new else place, pages)
        window = self.rows.window
        if window.begins_the_list and place in ("again", "anew"):
            ids = (row.id for row in window.rows)
            self._queue.found(ids, horizon=self._display.horizon, is_new=is_new)
        self.trouble = ""
        self._shown = query
        self.loaded_at = time.monotonic()
        self.is_awaited = self.is_awaited and not is_new
        self._display.show(is_new=is_new, returns_to=self._returns_to if is_new else None)

    def _miss(self, place: Place, trouble: Trouble) -> None:
        if self._display.miss(trouble, is_new=place == "anew"):
            return
        if place == "anew":
            self.is_awaited = False
            if not self.is_current:
                self.clear()
        self._queue.is_head |= place in ("again", "anew") and self._is_worth_trying(trouble)
        self._fail(trouble)

    def _fail(self, trouble: Trouble) -> None:
        self.trouble = trouble.words
        if self._is_worth_trying(trouble):
            self.fetcher.try_again()
        self._display.show()

    def _is_worth_trying(self, trouble: Trouble) -> bool:
        """A refusal of rows that were there before is for good; a list that never was is tried."""
        return self.loaded_at is None or not isinstance(trouble, Refused)

    def _load_what_is_due(self) -> None:
        if not self._row_fetcher.is_asking and (row_ids := self._queue.rows()):
            self._load_rows(row_ids)
        if self._queue.is_head and not self.fetcher.is_asking:
            self.reload()

    def _load_rows(self, row_ids: Sequence[str]) -> None:
        left = list(row_ids)

        def take(answer: tuple[str, R | None]) -> None:
            row_id, row = answer
            left.remove(row_id)
            self.trouble = ""
            if row is None:
                self.lose(row_id)
            else:
                self.apply(row_id, partial(self.rows.replace, row))

        def miss(trouble: Trouble) -> None:
            if self._is_worth_trying(trouble):
                for row_id in left:
                    self._queue.renew(row_id)
            self._fail(trouble)

        self._row_fetcher.ask(partial(self._loader.rows, row_ids), take, miss)

    # Following what happens

    def tick(self) -> None:
        """Let go what has been gone for long enough, and load what is due."""
        if self.rows.forget_the_gone():
            self._display.show()
        self.fetcher.look()

    def schedule_refresh(self) -> None:
        """Load the head of the list anew, soon and not too often: rows may have come."""
        if self.rows.window.begins_the_list:
            self._queue.is_head = True
            self.fetcher.schedule()

    def renew(self, row_id: str) -> None:
        """Load this row anew, if it is here: something about it has changed."""
        self._queue.doubt(row_id)
        if self.rows.is_loaded(row_id):
            self._queue.renew(row_id)
            self.fetcher.schedule()

    def expect(self, row_id: str, at: datetime | None) -> None:
        """Look for this row, used at that time, but not again and again in vain.

        A dashboard that shows an API key uses it by looking, and would keep itself busy.
        """
        if self.rows.window.begins_the_list and self._queue.expect(row_id, at):
            self.fetcher.schedule(is_urgent=True)

    def apply(self, row_id: str, change: Callable[[], object]) -> None:
        """Change a row, now and in the answer that is on its way, which may be older."""
        if self.fetcher.is_asking:
            self.rows.note(row_id, change)
        change()
        self._display.show_soon()

    def highlight(self, row_id: str) -> None:
        """Show that the row is being used at this moment."""
        self.rows.use(row_id)
        self._display.show_soon()

    def lose(self, row_id: str) -> None:
        """Show that the row is no longer there."""
        self.apply(row_id, partial(self.rows.lose, row_id))
