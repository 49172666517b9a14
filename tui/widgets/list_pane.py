"""Owns one list on screen: its filter, its order, its marks, and the window of rows it holds.

A key becomes an action, a worker asks the server, a message brings the answer, and only then is
anything drawn. What may be done with the rows is said by the panes that derive from this one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from tui import ages, filters
from tui.columns import Column
from tui.errors import Missing, NotSignedIn, Trouble
from tui.feed import Event
from tui.listings.listing import Listing
from tui.rows import Page, Row
from tui.widgets.line import Line
from tui.widgets.live import Live
from tui.widgets.table import COOL_AFTER_SECONDS, Lights, Table
from tui.window import PAGE_ROWS, Origin, Pages, Window

R = TypeVar("R", bound=Row)

TYPING_SECONDS = 0.25
# The head of a list is loaded anew at most this often, however much happens.
FRESH_SECONDS = 1.0
# A row that is no longer there is shown this long, so that one sees where it went.
GONE_SECONDS = 4.0
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


class ListPane(Live, Generic[R]):
    """A list; `fixed` parameters narrow it for good, as on the page of one user."""

    listing: ClassVar[Listing[Any]]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("s", "sort", "Sort by the next column", show=False),
        Binding("S", "reverse", "Reverse the order", show=False),
        Binding("space", "mark", "Mark"),
        Binding("u", "unmark", "Unmark all", show=False),
        Binding("y", "copy_id", "Copy id", show=False),
        Binding("Y", "copy_second", "Copy e-mail, prefix or request id", show=False),
        Binding("e", "export", "Export to CSV or JSON Lines", show=False),
        Binding("f5,ctrl+r", "reload", "Load anew", show=False),
    ]

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

    def __init__(self, fixed: Mapping[str, str] | None = None, *, filter_text: str = "") -> None:
        super().__init__()
        self.fixed = dict(fixed or {})
        # Kept by name: what happens is told up to the very end, when children are gone already.
        self.table = Table(self._columns)
        self._input = Line(placeholder=self._hint, classes="filter")
        self._input.onward = self.table
        self._status = Static(classes="status", markup=False)
        self.marks: dict[str, R] = {}
        self.filter = filters.Filter()
        self.filter_text = filter_text
        self.sort = self.listing.sort
        self._pages: Pages[R] = Pages()
        self._warm: dict[str, float] = {}
        self._gone: dict[str, float] = {}
        self._stale_rows: set[str] = set()
        self._expected: set[str] = set()
        self._elsewhere: set[str] = set()
        self._is_head_due = False
        self._loaded_at: float | None = None
        self._trouble = ""
        self._typing: Timer | None = None
        self._fetching: str | None = None

    def compose(self) -> ComposeResult:
        yield self._input
        yield self.table
        yield self._status

    def on_mount(self) -> None:
        self.table.now = self.dashboard.now()
        self.table.sort = self.sort
        self.table.notice = "Loading…"
        if self.filter_text:
            self._input.value = self.filter_text
        self._apply_filter()

    @property
    def _columns(self) -> Sequence[Column[R]]:
        """On the page of one user nobody needs to be told whose rows they are."""
        is_narrow = "user_id" in self.fixed
        return [column for column in self.listing.columns if not (is_narrow and column.is_owner)]

    @property
    def current(self) -> R | None:
        """The row under the cursor, unless it is no longer there."""
        row: R | None = self.table.current
        return None if row is None or row.id in self._gone else row

    @property
    def chosen(self) -> tuple[R, ...]:
        """What an action is about: the marked rows, or else the one under the cursor."""
        if self.marks:
            return tuple(self.marks.values())
        return () if self.current is None else (self.current,)

    @property
    def asked(self) -> Query:
        """The query in force."""
        return Query({**self.filter.parameters, **self.fixed}, self.sort)

    def focus(self, scroll_visible: bool = True) -> ListPane[R]:
        self.table.focus(scroll_visible)
        return self

    # Finding

    def action_filter(self) -> None:
        self.add_class("-filtering")
        self._input.focus()

    @on(Input.Changed, ".filter")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value == self.filter_text and self._loaded_at is None:
            return
        if self._typing is not None:
            self._typing.stop()
        self.filter_text = event.value
        self._typing = self.set_timer(TYPING_SECONDS, self._apply_filter)

    @on(Line.Entered)
    def _filter_done(self, event: Line.Entered) -> None:
        event.stop()
        self.filter_text = event.line.value
        self._apply_filter()
        self._leave_filter()

    def put_filter(self, text: str) -> None:
        """Filter by this text, as if it had been typed."""
        self.filter_text = text
        with self.prevent(Input.Changed):
            self._input.value = text
        self._apply_filter()
        self._leave_filter()

    def clear_filter(self) -> bool:
        """Take the filter away; tells whether there was one."""
        had_one = bool(self.filter_text) or self.has_class("-filtering")
        if had_one:
            self.put_filter("")
        return had_one

    def _leave_filter(self) -> None:
        self.set_class(bool(self.filter_text), "-filtering")
        self.table.focus()

    def _apply_filter(self) -> None:
        if self._typing is not None:
            self._typing.stop()
        wanted = filters.parsed(self.filter_text, self.listing.words, self.dashboard.now())
        if "q" in wanted.parameters and not self.listing.is_searchable:
            wanted = filters.Filter(problem=f"words are needed here, such as {self._hint}")
        if wanted.problem:
            self.filter = filters.Filter(self.filter.parameters, wanted.problem)
            self._say()
        elif self._loaded_at is None or wanted != self.filter:
            self.filter = wanted
            self._load_anew()

    def action_sort(self) -> None:
        self._sort_by(self.listing.next_sort(self.sort))

    def action_reverse(self) -> None:
        self._sort_by(self.listing.reversed_sort(self.sort))

    @on(Table.SortChosen)
    def _sort_chosen(self, event: Table.SortChosen) -> None:
        event.stop()
        is_same = event.field == self.sort.lstrip("-")
        first = f"-{event.field}" if event.field.endswith("_at") else event.field
        self._sort_by(self.listing.reversed_sort(self.sort) if is_same else first)

    def _sort_by(self, sort: str) -> None:
        self.sort = self.table.sort = sort
        self._load_anew()

    @property
    def _hint(self) -> str:
        words = " ".join(f"{name}:{word.example}" for name, word in self.listing.words.items())
        return f"part of a name or an e-mail, or {words}" if self.listing.is_searchable else words

    # Marking and carrying away

    def action_mark(self) -> None:
        row = self.current
        if row is None:
            return
        if self.marks.pop(row.id, None) is None:
            self.marks[row.id] = row
        self._shine()
        self.table.action_move(1)
        self._say()

    def action_unmark(self) -> None:
        self.marks.clear()
        self._shine()
        self._say()

    def done_with(self, row_ids: Sequence[str]) -> None:
        for row_id in row_ids:
            self.marks.pop(row_id, None)
        self._shine()
        self._say()

    def action_copy_id(self) -> None:
        if self.current is not None:
            self.dashboard.carry("id", self.current.id)

    def action_copy_second(self) -> None:
        name, text = self.listing.second
        if self.current is not None:
            self.dashboard.carry(name, text(self.current))

    def action_export(self) -> None:
        self.dashboard.ask_for_export(self.listing, self.asked.as_parameters)

    # Loading

    def action_reload(self) -> None:
        self.reload()

    def reload(self) -> None:
        """Load the window anew where it stands; the cursor stays on its row."""
        self.seen = self.dashboard.happened
        self._fetch("again", self._pages.origin, max(PAGE_ROWS, len(self._pages.window.rows)))

    def _load_anew(self) -> None:
        self.seen = self.dashboard.happened
        self._fetch("anew", Origin(), PAGE_ROWS)

    @on(Table.LeftForStart)
    def _wants_start(self) -> None:
        self._load_anew()

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
        if event.place == "again":
            self._put_back_the_gone(before)
        self._learn_from_the_expected(is_new=event.place == "anew")
        self._trouble = ""
        self._loaded_at = time.monotonic()
        self._refresh_marks()
        self._show(is_new=event.place == "anew")

    def _put_back_the_gone(self, before: Window[R]) -> None:
        """What has just gone is still shown for a moment, where it was."""
        for index, row in enumerate(before.rows):
            if row.id in self._gone and self._pages.window.index_of(row.id) is None:
                self._pages.put(index, row)

    def _learn_from_the_expected(self, *, is_new: bool) -> None:
        """Whoever was expected and is not here belongs elsewhere, as long as the query is this."""
        if is_new:
            self._elsewhere.clear()
        here = {row.id for row in self._pages.window.rows}
        self._elsewhere = (self._elsewhere | self._expected) - here
        self._expected.clear()

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        self._trouble = event.trouble.words
        self._is_head_due = self._loaded_at is None
        if isinstance(event.trouble, NotSignedIn):
            self.dashboard.lose_sign_in(event.trouble)
        self._say()

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
        if self._loaded_at is not None and time.monotonic() - self._loaded_at > FRESH_SECONDS:
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
        self._warm[row_id] = time.monotonic()
        self._shine()

    def lose(self, row_id: str) -> None:
        """The row is no longer there."""
        if self._pages.window.index_of(row_id) is not None:
            self._gone.setdefault(row_id, time.monotonic())
        self.marks.pop(row_id, None)
        self._shine()
        self._say()

    def change(self, row_id: str, **changes: object) -> bool:
        """Change a row in its place; tells whether it is loaded."""
        if self._pages.window.index_of(row_id) is None:
            return False
        self._pages.change(lambda row: row.model_copy(update=changes) if row.id == row_id else row)
        self._show()
        return True

    def lift(self, row_id: str) -> None:
        """The row is before all others now, if the list begins here."""
        if self._pages.window.begins_the_list:
            self._pages.lift(row_id)
            self._show()

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
        self._shine()
        self._say()

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
            self.reload() if self._loaded_at is not None else self._load_anew()

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
        self.table.notice = (
            self.listing.empty if not self.filter_text else "Nothing fits the filter."
        )
        self.table.show(self._pages.window, is_new=is_new)
        self._shine()
        self._say()

    def _shine(self) -> None:
        """Tell the table what shines; nothing is drawn where nothing changed."""
        now = time.monotonic()
        self._warm = {
            row_id: at for row_id, at in self._warm.items() if now - at < COOL_AFTER_SECONDS
        }
        warmth = {row_id: round(now - at, 1) for row_id, at in self._warm.items()}
        self.table.lights = Lights(warmth, frozenset(self.marks), frozenset(self._gone))

    def _forget_the_gone(self) -> None:
        now = time.monotonic()
        over = {row_id for row_id, at in self._gone.items() if now - at > GONE_SECONDS}
        if over:
            for row_id in over:
                del self._gone[row_id]
            self._pages.change(lambda row: None if row.id in over else row)
            self._show()

    def _refresh_marks(self) -> None:
        """A marked row that was loaded anew is remembered as it is now."""
        for row in self._pages.window.rows if self.marks else ():
            if row.id in self.marks:
                self.marks[row.id] = row

    def _say(self) -> None:
        self._status.update("  ".join(filter(None, self._words())))

    def _words(self) -> tuple[str, ...]:
        """What the line below the list says."""
        problem = self.filter.problem or self._trouble
        age = ""
        if self._loaded_at is not None and self._trouble:
            age = f"shown as of {ages.span(time.monotonic() - self._loaded_at)} ago"
        marked = f"✓ {len(self.marks)} marked (u unmarks)" if self.marks else ""
        return (f"! {problem}" if problem else "", age, marked, self._extent())

    def _extent(self) -> str:
        window = self._pages.window
        count = len(window.rows)
        rows = f"{count} row{'' if count == 1 else 's'}"
        if self._loaded_at is None:
            return ""
        if window.begins_the_list and window.ends_the_list:
            return rows
        more = [
            *([] if window.begins_the_list else ["above"]),
            *([] if window.ends_the_list else ["below"]),
        ]
        return f"{rows} loaded, more {' and '.join(more)}"
