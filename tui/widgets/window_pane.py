"""Owns the rows of one list on screen: the window that is loaded, and how it follows what happens.

A worker asks the server, a message brings the answer, and only then is anything drawn. What is asked
for (the filter, the order) is said by who derives from this, and so is what can be done with rows.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from textual import on, work
from textual.message import Message

from tui.columns import Column
from tui.errors import Missing, NotSignedIn, Trouble
from tui.feed import Event
from tui.listings.listing import Listing
from tui.rows import Page, Row
from tui.widgets.lamps import Lamps
from tui.widgets.live import Live
from tui.widgets.table import Table
from tui.window import PAGE_ROWS, Origin, Pages, Window

R = TypeVar("R", bound=Row)

# The head of a list is loaded anew at most this often, however much happens.
FRESH_SECONDS = 1.0
# However much happens, it is drawn at most so often.
SOON_SECONDS = 0.05
# So many rows are known to belong elsewhere; more are asked for once more.
ELSEWHERE = 5_000
# More rows than this are loaded anew with their page rather than one by one.
RENEWED_ONE_BY_ONE = 5


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of the server, apart from where in the list."""

    parameters: Mapping[str, str]
    sort: str

    @property
    def as_parameters(self) -> dict[str, str]:
        return {**self.parameters, "sort": self.sort}


Loaded = tuple[Page[Any], Origin]


class WindowPane(Live, Generic[R]):
    """The window of a list; `fixed` parameters narrow it for good, as on the page of one user."""

    listing: ClassVar[Listing[Any]]

    class Arrived(Message):
        """Pages came, for the query that was asked; `place` is where they belong."""

        def __init__(self, pages: Sequence[Loaded], query: Query, place: str) -> None:
            super().__init__()
            self.pages, self.query, self.place = pages, query, place

    class Renewed(Message):
        """One row came anew; None when it is no longer there."""

        def __init__(self, row_id: str, row: Row | None) -> None:
            super().__init__()
            self.row_id, self.row = row_id, row

    class Failed(Message):
        """Nothing came, and why."""

        def __init__(self, trouble: Trouble) -> None:
            super().__init__()
            self.trouble = trouble

    def __init__(self, fixed: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.fixed = dict(fixed or {})
        # Kept by name: what happens is told up to the very end, when children are gone already.
        self.table = Table(self._columns)
        self.marks: dict[str, R] = {}
        self.trouble = ""
        self._pages: Pages[R] = Pages()
        self._lamps = Lamps()
        self._stale_rows: set[str] = set()
        self._expected: set[str] = set()
        self._elsewhere: set[str] = set()
        self._left_out: dict[str, tuple[int, R]] = {}
        self._is_head_due = False
        self._is_show_due = False
        self.loaded_at: float | None = None
        self._fetching: str | None = None

    @property
    def _columns(self) -> Sequence[Column[R]]:
        """On the page of one user nobody needs to be told whose rows they are."""
        is_narrow = "user_id" in self.fixed
        return [column for column in self.listing.columns if not (is_narrow and column.is_owner)]

    @property
    def current(self) -> R | None:
        """The row under the cursor, unless it is no longer there."""
        row: R | None = self.table.current
        return None if row is None or self._lamps.is_gone(row.id) else row

    # What derives from this says

    @property
    def asked(self) -> Query:
        """The query in force."""
        raise NotImplementedError

    @property
    def nothing(self) -> str:
        """What stands where no rows are."""
        return self.listing.empty

    def say(self) -> None:
        """Bring the words around the table up to date."""

    # Loading

    def reload(self) -> None:
        """Load the window anew where it stands; the cursor stays on its row."""
        self.seen = self.dashboard.happened
        self._fetch("again", self._pages.origin, max(PAGE_ROWS, len(self._pages.window.rows)))

    def load_anew(self) -> None:
        self.seen = self.dashboard.happened
        self._fetch("anew", Origin(), PAGE_ROWS)

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

    @work(exclusive=True, group="page")
    async def _fetch(self, place: str, origin: Origin, count: int) -> None:
        query = self.asked
        self._fetching = place
        self._is_head_due = False
        try:
            pages = await self._loaded(query, origin, count)
        except Trouble as trouble:
            self.post_message(self.Failed(trouble))
        else:
            self.post_message(self.Arrived(pages, query, place))
        finally:
            self._fetching = None

    async def _loaded(self, query: Query, origin: Origin, count: int) -> list[Loaded]:
        """That many rows from there on; a page before something is followed by the rest."""
        first = PAGE_ROWS if origin.is_backward else count
        page = await self._page(query, origin, first)
        pages: list[Loaded] = [(page, origin)]
        if count > first and page.next_cursor is not None:
            onward = Origin(page.next_cursor)
            pages.append((await self._page(query, onward, count - first), onward))
        return pages

    async def _page(self, query: Query, origin: Origin, count: int) -> Page[R]:
        where = {"limit": str(count), **({"cursor": origin.cursor} if origin.cursor else {})}
        page: Page[R] = await self.dashboard.client.page(
            self.listing.row, self.listing.path, {**query.as_parameters, **where}
        )
        return page

    @on(Arrived)
    def _arrived(self, event: Arrived) -> None:
        event.stop()
        if event.query != self.asked:
            return
        add = {"after": self._pages.append, "before": self._pages.prepend}
        before = self._pages.window
        first, *more = event.pages
        add.get(event.place, self._pages.start)(*first)
        for loaded in more:
            self._pages.append(*loaded)
        self._left_out.clear()
        if event.place == "again":
            self._compare(before)
        self._learn_from_the_expected(is_new=event.place == "anew")
        self.trouble = ""
        self.loaded_at = time.monotonic()
        self._refresh_marks()
        self._show(is_new=event.place == "anew")

    def _compare(self, before: Window[R]) -> None:
        """What has just gone is still shown for a moment, where it was.

        Of what is missing and not yet known to have gone, the feed may tell in a moment.
        """
        for index, row in enumerate(before.rows):
            if self._pages.window.index_of(row.id) is not None:
                continue
            if self._lamps.is_gone(row.id):
                self._pages.put(index, row)
            else:
                self._left_out[row.id] = (index, row)

    def _learn_from_the_expected(self, *, is_new: bool) -> None:
        """Whoever was expected and is not here belongs elsewhere, as long as the query is this."""
        if is_new:
            self._elsewhere.clear()
        here = {row.id for row in self._pages.window.rows}
        if len(self._elsewhere) > ELSEWHERE:
            self._elsewhere.clear()
        self._elsewhere = (self._elsewhere | self._expected) - here
        self._expected.clear()

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        self.trouble = event.trouble.words
        self._is_head_due = self.loaded_at is None
        if isinstance(event.trouble, NotSignedIn):
            self.dashboard.lose_sign_in(event.trouble)
        self.say()

    # Being told

    def renew(self, row_id: str) -> None:
        """Something about this row has changed: load it anew, if it is here."""
        if self._pages.window.index_of(row_id) is not None:
            self._stale_rows.add(row_id)

    def stir(self) -> None:
        """Rows may have come: load the head of the list anew, soon and not too often."""
        if not self._pages.window.begins_the_list:
            return
        self._is_head_due = True
        if self.loaded_at is not None and time.monotonic() - self.loaded_at > FRESH_SECONDS:
            self._load_what_is_due()

    def expect(self, row_id: str) -> None:
        """This row may belong here: look, but not again and again for one that does not.

        A dashboard that shows an API key uses it by looking, and would keep itself busy.
        """
        if row_id not in self._elsewhere:
            self._expected.add(row_id)
            self.stir()

    def warm(self, row_id: str) -> None:
        """The row is being used at this moment."""
        self._lamps.use(row_id)
        self.show_soon()

    def lose(self, row_id: str) -> None:
        """The row is no longer there."""
        if row_id in self._left_out:
            self._pages.put(*self._left_out.pop(row_id))
        if self._pages.window.index_of(row_id) is not None:
            self._lamps.lose(row_id)
        self.marks.pop(row_id, None)
        self.show_soon()

    def change(self, row_id: str, **changes: object) -> bool:
        """Change a row in its place; tells whether it is loaded."""
        if self._pages.window.index_of(row_id) is None:
            return False
        self._pages.change(lambda row: row.model_copy(update=changes) if row.id == row_id else row)
        self.show_soon()
        return True

    def lift(self, row_id: str) -> None:
        """The row is before all others now, if the list begins here."""
        if self._pages.window.begins_the_list:
            self._pages.lift(row_id)
            self.show_soon()

    @on(Renewed)
    def _renewed(self, event: Renewed) -> None:
        event.stop()
        fresh = event.row
        if fresh is None:
            self.lose(event.row_id)
            return
        self._pages.change(lambda row: fresh if row.id == event.row_id else row)  # type: ignore[arg-type,return-value]
        self._refresh_marks()
        self._show()

    def hear(self, event: Event) -> None:
        if event.name == "reset":
            self.reload()

    def tick(self, now: datetime) -> None:
        self.table.now = now
        self._forget_the_gone()
        self._load_what_is_due()
        self.shine()
        self.say()

    def _load_what_is_due(self) -> None:
        if self.dashboard.is_paused or not self.dashboard.is_current(self):
            return
        if len(self._stale_rows) > RENEWED_ONE_BY_ONE:
            self._is_head_due = True
            self._stale_rows.clear()
        if self._stale_rows:
            row_ids = tuple(self._stale_rows)
            self._stale_rows.clear()
            self._fetch_rows(row_ids)
        if self._is_head_due and self._fetching is None:
            self.reload() if self.loaded_at is not None else self.load_anew()

    @work(group="rows")
    async def _fetch_rows(self, row_ids: tuple[str, ...]) -> None:
        for row_id in row_ids:
            try:
                row = await self.dashboard.client.one(self.listing.row, self.listing.path, row_id)
            except Missing:
                self.post_message(self.Renewed(row_id, None))
            except Trouble as trouble:
                self.post_message(self.Failed(trouble))
                return
            else:
                self.post_message(self.Renewed(row_id, row))

    # Showing

    def _show(self, *, is_new: bool = False) -> None:
        self.table.notice = self.nothing
        self.table.show(self._pages.window, is_new=is_new)
        self.shine()
        self.say()

    def show_soon(self) -> None:
        """Draw what has changed, once for all that happens within a moment."""
        if self.is_running and not self._is_show_due:
            self._is_show_due = True
            self.set_timer(SOON_SECONDS, self._show_now)

    def _show_now(self) -> None:
        self._is_show_due = False
        self._show()

    def shine(self) -> None:
        """Tell the table what shines; nothing is drawn where nothing changed."""
        self.table.lights = self._lamps.lights(self.marks)

    def _forget_the_gone(self) -> None:
        over = self._lamps.over()
        if over:
            self._pages.change(lambda row: None if row.id in over else row)
            self._show()

    def _refresh_marks(self) -> None:
        """A marked row that was loaded anew is remembered as it is now."""
        for row in self._pages.window.rows if self.marks else ():
            if row.id in self.marks:
                self.marks[row.id] = row
