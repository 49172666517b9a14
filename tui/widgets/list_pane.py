"""One list on screen: joins the filter, the order, the rows and the words below them.

What may be done with the rows, and what of the feed concerns them, is said by the panes that derive from
this one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from tui import relative_time
from tui.context import AppContext
from tui.http.errors import Refused, Trouble
from tui.http.feed import Event
from tui.lists import filters
from tui.lists.listing import Listing
from tui.lists.schemas import Row
from tui.widgets.filter_input import FilterInput
from tui.widgets.held_keys import HeldKeys
from tui.widgets.list_loader import Query
from tui.widgets.live import LIVE
from tui.widgets.live_rows import LiveRows
from tui.widgets.table import Table

R = TypeVar("R", bound=Row)

LOADING = "Loading…"
SHORT = "beginnings only (three letters are found anywhere)"
# However much happens, it is drawn at most so often.
SOON_SECONDS = 0.05
# With these the server says that it is the filter that cannot be: 404 where it names nobody, the last
# three where it is longer than a request may be.
NO_SUCH_FILTER = frozenset({400, 404, 413, 414, 422, 431})


class ListPane(Widget, Generic[R]):
    """A list with what one needs to find and choose rows.

    `fixed` parameters narrow it for good, as on the page of one user. `is_watched`: the head stays on
    screen until somebody steps in.
    """

    listing: ClassVar[Listing[Any]]
    BINDINGS: ClassVar[list[BindingType]] = [
        # Obeyed before the next key: what is typed ahead are letters, and no commands.
        Binding("slash", "filter", "Filter", key_display="/", priority=True, id="list.filter"),
        Binding("s", "sort", "Sort by the next column", show=False, id="list.sort"),
        Binding("S", "reverse", "Reverse the order", show=False, id="list.reverse"),
        Binding("space", "mark", "Mark", id="list.mark"),
        Binding(
            "V",
            "mark_range",
            "Mark from the row marked last to here",
            show=False,
            id="list.mark_range",
        ),
        Binding("asterisk", "mark_all", "Mark all loaded rows", show=False, id="list.mark_all"),
        Binding("u", "unmark", "Unmark all", show=False, id="list.unmark"),
        Binding("y", "copy_id", "Copy id", show=False, id="list.copy_id"),
        Binding(
            "Y",
            "copy_second",
            "Copy e-mail, prefix or request id",
            show=False,
            id="list.copy_second",
        ),
        Binding("e", "export", "Export to CSV or JSON Lines", show=False, id="list.export"),
        Binding("C", "columns", "Choose columns", show=False, id="list.columns"),
        Binding("f5,ctrl+r", "reload", "Load and draw anew", show=False, id="list.reload"),
    ]

    class ColumnsWanted(Message):
        """The columns of a list are to be chosen."""

        def __init__(self, listing: Listing[Any]) -> None:
            super().__init__()
            self.listing = listing

    def __init__(
        self,
        context: AppContext,
        fixed: Mapping[str, str] | None = None,
        *,
        is_watched: bool = False,
    ) -> None:
        super().__init__(classes=f"{LIVE} -watched" if is_watched else LIVE)
        self.context = context
        self.fixed = dict(fixed or {})
        self.seen = 0
        # Kept by name: what happens is told up to the very end, when children are gone already.
        is_narrow = "user_id" in self.fixed
        # On the page of one user nobody needs to be told whose rows they are.
        columns = [each for each in self.listing.columns if not (is_narrow and each.is_owner)]
        self.table = Table(columns, is_watched=is_watched)
        self.filter_input = FilterInput(self.listing)
        self.filter_input.next_focus = self.table
        self.filter = filters.Filter()
        self.sort = self.listing.sort
        self.live: LiveRows[R] = LiveRows(self, self, context, self.listing)
        # Kept by name, for it is asked for all the time.
        self.rows = self.live.rows
        self.held_keys = HeldKeys(self, self, context)
        self._status = Static(classes="status", markup=False)
        self._is_watched = is_watched
        self._is_show_due = False

    def compose(self) -> ComposeResult:
        """The filter, the table and the status line."""
        yield self.filter_input
        yield self.table
        yield self._status

    def on_mount(self) -> None:
        """Applies the sort, the hidden columns and the filter."""
        self.table.now = self.context.now()
        self.table.sort = self.sort
        self._hide_columns()
        self._apply_filter()

    @classmethod
    def own_bindings(cls) -> Iterator[Binding]:
        """The keys for what can be done with these rows, and with no others."""
        for binding in cls.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.action != "mark":
                yield binding

    @property
    def current(self) -> R | None:
        """The row under the cursor, unless it is no longer there."""
        row: R | None = self.table.current
        return None if row is None or self.rows.is_gone(row.id) else row

    @property
    def chosen(self) -> tuple[R, ...]:
        """The rows that an action is about: the marked ones, or else the one under the cursor."""
        if self.rows.marks:
            return tuple(self.rows.marks.values())
        return () if self.current is None else (self.current,)

    @property
    def asked(self) -> Query | None:
        """The query in force; None where the filter cannot be."""
        if self.filter.problem:
            return None
        return Query({**self.filter.parameters, **self.fixed}, self.sort)

    # Finding

    def action_filter(self) -> None:
        """Shows and focuses the filter."""
        self.add_class("-filtering")
        # `focus` would do it a little later.
        self.screen.set_focus(self.filter_input)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the filter itself a slash is a slash."""
        # Not `has_focus`, which is known a little later.
        is_typed = action == "filter" and self.screen.focused is self.filter_input
        return False if is_typed else super().check_action(action, parameters)

    def put_filter(self, text: str, *, returns_to: str | None = None) -> None:
        """Filter by this text, as if it had been typed; the cursor goes to a row, or the first."""
        self.filter_input.put(text)
        self._apply_filter(returns_to)
        self._leave_filter()

    def clear_filter(self) -> bool:
        """Take the filter away; tells whether there was one. The cursor stays on its row."""
        had_one = bool(self.filter_input.text) or self.has_class("-filtering")
        if had_one:
            self.put_filter("", returns_to=self.current.id if self.current is not None else None)
        return had_one

    @on(FilterInput.Entered)
    def _filter_entered(self, event: FilterInput.Entered) -> None:
        event.stop()
        self.filter_input.put(self.filter_input.value)
        self._apply_filter()
        self._leave_filter()

    @on(FilterInput.Edited)
    def _filter_edited(self) -> None:
        self.say()

    @on(FilterInput.Paused)
    def _filter_paused(self) -> None:
        self._apply_filter()

    def _leave_filter(self) -> None:
        self.set_class(bool(self.filter_input.text), "-filtering")
        self.screen.set_focus(self.table)

    def _apply_filter(self, returns_to: str | None = None) -> None:
        wanted = self.filter_input.take(self.context.now())
        if wanted.problem:
            self._refuse(wanted.problem)
        elif wanted != self.filter or not self.live.is_current:
            self.filter = wanted
            self.load_anew(returns_to)
        self.say()
        self.held_keys.release()

    def _refuse(self, problem: str) -> None:
        self.filter = filters.Filter(problem=problem)
        self.live.clear()
        self.held_keys.release()

    def action_sort(self) -> None:
        """Sorts by the next column."""
        self._sort_by(self.listing.next_sort(self.sort))

    def action_reverse(self) -> None:
        """Sorts in the other direction."""
        self._sort_by(self.listing.reversed_sort(self.sort))

    @on(Table.SortChosen)
    def _sort_chosen(self, event: Table.SortChosen) -> None:
        event.stop()
        is_same = event.field == self.sort.lstrip("-")
        sort = self.listing.reversed_sort(self.sort)
        self._sort_by(sort if is_same else self.listing.first_sort(event.field))

    def _sort_by(self, sort: str) -> None:
        self.sort = self.table.sort = sort
        if not self.filter.problem:
            self.load_anew()

    # Loading

    def reload(self) -> None:
        """Load the rows anew where they stand; the cursor stays on its row."""
        self.live.reload()

    def load_anew(self, returns_to: str | None = None) -> None:
        """Load another list, from its beginning on; the cursor goes to that row, or to the first."""
        self.table.notice = LOADING
        self.live.load_anew(returns_to)
        self.say()

    @on(Table.LeftForStart)
    def _wants_start(self) -> None:
        self.load_anew()

    @on(Table.RanShort)
    def _wants_more(self, event: Table.RanShort) -> None:
        event.stop()
        self.live.load_more(is_after=event.is_after)

    def miss(self, trouble: Trouble, *, is_new: bool) -> bool:
        """Say why there are no rows; tells whether the filter is to blame, so that none can come."""
        self.table.give_up_moving()
        is_of_the_filter = isinstance(trouble, Refused) and trouble.status in NO_SUCH_FILTER
        if is_new and is_of_the_filter and self.filter_input.text:
            self._refuse(trouble.words)
        return bool(self.filter.problem)

    # Following what happens

    @property
    def horizon(self) -> datetime | None:
        """How far back rows are loaded, where the newest come first; None: all are."""
        return None

    def handle(self, event: Event) -> None:
        """Take over what happened at the server."""
        if event.name == "reset":
            self.reload()

    def tick(self, now: datetime) -> None:
        """Let ages grow, and what is gone go."""
        self.table.now = now
        self.live.tick()
        self._redraw_highlights()
        self.say()

    def wake(self) -> None:
        """Load what was missed while the screen was not on top."""
        # Rows that need not be loaded anew have grown older all the same.
        self.table.now = self.context.now()
        self._hide_columns()
        if self.seen != self.context.happened:
            self.reload()

    def concerns(self, user_id: object) -> bool:
        """Whether something of this user's can be in this list, which may be one user's."""
        return self.fixed.get("user_id") in (None, user_id)

    # Marking and carrying away

    def action_mark(self) -> None:
        """Marks or unmarks the current row, and moves down."""
        if self.current is not None:
            self.rows.toggle_mark(self.current)
            self.table.action_move(1)
            self._marks_changed()

    def action_mark_range(self) -> None:
        """Marks the rows from the last marked one to the current one."""
        if self.current is not None:
            self.rows.mark_range(self.current)
            self._marks_changed()

    def action_mark_all(self) -> None:
        """Marks every loaded row."""
        self.rows.mark_all()
        self._marks_changed()

    def action_unmark(self) -> None:
        """Removes every mark."""
        self.unmark(tuple(self.rows.marks))

    def _marks_changed(self) -> None:
        self._redraw_highlights()
        self.say()

    def unmark(self, row_ids: Sequence[str]) -> None:
        """Remove the marks of these rows."""
        for row_id in row_ids:
            self.rows.marks.pop(row_id, None)
        self._marks_changed()

    def action_copy_id(self) -> None:
        """Copies the id of the current row."""
        if self.current is not None:
            self.context.copy("id", self.current.id)

    def action_copy_second(self) -> None:
        """Copies the second value of the current row, such as its address."""
        name, text = self.listing.second
        if self.current is not None:
            self.context.copy(name, text(self.current))

    def action_operate(self, name: str) -> None:
        """Ask for the operation of that name on the chosen rows."""
        self.context.operate(name, self.chosen)

    def action_export(self) -> None:
        """Exports the filtered list, unless the filter cannot be used."""
        if self.asked is None:
            # Else it would be the list without it.
            self.context.say(f"the filter is not in force: {self.filter.problem}", is_bad=True)
        else:
            self.context.export(self.listing, self.asked.as_parameters)

    def action_columns(self) -> None:
        """Asks for the dialog of columns."""
        self.post_message(self.ColumnsWanted(self.listing))

    def action_reload(self) -> None:
        """Reads the list again and draws the screen again."""
        self.reload()
        self.app.refresh(layout=True)

    # Showing

    def show(self, *, is_new: bool = False, returns_to: str | None = None) -> None:
        """Draw the rows; the cursor of a new list goes to that row. Keys that waited are pressed."""
        self.table.notice = self._notice
        self.table.show(self.rows.window, is_new=is_new)
        if returns_to is not None:
            self.table.put_cursor_on(returns_to)
        self._redraw_highlights()
        self.say()
        self.held_keys.release()

    def show_soon(self) -> None:
        """Draw what has changed, once for all that happens within a moment."""
        if self.is_running and not self._is_show_due:
            self._is_show_due = True
            self.set_timer(SOON_SECONDS, self._show_now)

    def _show_now(self) -> None:
        self._is_show_due = False
        self.show()

    def _redraw_highlights(self) -> None:
        """Give the table its highlights; nothing is drawn where nothing changed."""
        self.table.highlights = self.rows.highlights

    def _hide_columns(self) -> None:
        self.table.hidden = self.context.hidden_columns(self.listing.name)

    @property
    def _notice(self) -> str:
        """The words that stand where no rows are."""
        if self.filter.problem:
            return "Nothing is shown for a filter that cannot be."
        if self.live.loaded_at is None:
            return "Nothing could be loaded."
        if self.filter_input.text:
            return "Nothing fits the filter."
        return "This user has none." if "user_id" in self.fixed else self.listing.empty

    # Saying

    @property
    def is_left(self) -> bool:
        """Whether Enter was pressed in the filter, and the list does not know yet."""
        return self.filter_input.is_left

    @property
    def is_pending(self) -> bool:
        """Whether another list is asked for than the one on screen."""
        return self.filter_input.is_pending or self.live.is_awaited

    @property
    def is_moving(self) -> bool:
        """Whether the cursor is on its way to a row that is not loaded."""
        return self.table.is_moving

    @property
    def problem(self) -> str:
        """Why the rows are not those that were asked for; empty where they are."""
        return self.filter.problem or self.live.trouble

    @on(Table.ClickedTooEarly)
    def _clicked_too_early(self, event: Table.ClickedTooEarly) -> None:
        event.stop()
        self.context.say("the list is still loading: click once it is here", is_bad=True)

    def say(self) -> None:
        """Bring the words below the table up to date."""
        self.table.is_loading = self.is_pending
        self.set_class(bool(self.rows.marks or self.held_keys or self.problem), "-speaking")
        words = "  ".join(filter(None, self._words()))
        if words != str(self._status.content):
            self._status.update(words, layout=False)

    def _words(self) -> tuple[str, ...]:
        count = len(self.rows.marks)
        marked = f"✓ {count} marked (u unmarks)" if count else ""
        if self.is_pending or self.held_keys:
            return (LOADING, f"{self.held_keys} waits" if self.held_keys else "", marked)
        age = ""
        if self.live.loaded_at is not None and self.live.trouble:
            age = f"shown as of {relative_time.span(time.monotonic() - self.live.loaded_at)} ago"
        is_left_alone = self.table.is_left_alone and not self._is_watched
        watched = "the top stays on screen (↓ chooses a row)" if is_left_alone else ""
        is_known = self.live.loaded_at is not None and not self.filter.problem
        extent = self.table.window.extent if is_known else ""
        short = SHORT if is_known and self.filter.finds_beginnings_only else ""
        problem = f"! {self.problem}" if self.problem else ""
        return (problem, age, marked, short, watched, extent)
