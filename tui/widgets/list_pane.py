"""Owns what surrounds the rows of a list: the filter, the order, the marks, and the words below.

The rows themselves are the window's. What may be done with them is said by the panes that derive
from this one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Input, Static

from tui import relative_time
from tui.context import AppContext
from tui.http.errors import Refused, Trouble
from tui.lists import filters
from tui.lists.schemas import Row
from tui.widgets.following_pane import FollowingPane
from tui.widgets.held_keys import ASKING, MOVES, HeldKey, HeldKeys
from tui.widgets.loader import Query
from tui.widgets.table import Table
from tui.widgets.text_input import TextInput
from tui.widgets.window_pane import LOADING

R = TypeVar("R", bound=Row)

TYPING_SECONDS = 0.25
# With these the server says that it is the filter that cannot be: 404 where it names nobody, the last
# three where it is longer than a request may be.
NO_SUCH_FILTER = frozenset({400, 404, 413, 414, 422, 431})


class FilterInput(TextInput):
    """Where a filter is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave_input", "Apply", priority=True),
        Binding("escape", "screen.back", "Clear", key_display="Esc"),
    ]

    is_left = False
    """Enter was pressed, and the letters before it are not yet worked off."""

    def action_leave_input(self) -> None:
        self.is_left = True
        super().action_leave_input()


class ListPane(FollowingPane[R]):
    """A list with what one needs to find and choose rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Obeyed before the next key: what is typed ahead are letters, and no commands.
        Binding("slash", "filter", "Filter", key_display="/", priority=True),
        Binding("s", "sort", "Sort by the next column", show=False),
        Binding("S", "reverse", "Reverse the order", show=False),
        Binding("space", "mark", "Mark"),
        Binding("u", "unmark", "Unmark all", show=False),
        Binding("y", "copy_id", "Copy id", show=False),
        Binding("Y", "copy_second", "Copy e-mail, prefix or request id", show=False),
        Binding("e", "export", "Export to CSV or JSON Lines", show=False),
        Binding("f5,ctrl+r", "reload", "Load anew", show=False),
    ]

    def __init__(self, context: AppContext, fixed: Mapping[str, str] | None = None) -> None:
        super().__init__(context, fixed)
        self._input = FilterInput(placeholder=self._hint, classes="filter")
        self._input.next_focus = self.table
        self._status = Static(classes="status", markup=False)
        self.filter = filters.Filter()
        self.filter_text = ""
        self.sort = self.listing.sort
        self._typing: Timer | None = None
        self._said = ""
        self._held = HeldKeys()

    def compose(self) -> ComposeResult:
        yield self._input
        yield self.table
        yield self._status

    def on_mount(self) -> None:
        self.table.now = self.context.now()
        self.table.sort = self.sort
        self._apply_filter()

    @classmethod
    def own_bindings(cls) -> Iterator[Binding]:
        """The keys for what can be done with these rows, and with no others."""
        for binding in cls.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.action != "mark":
                yield binding

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

    @property
    def nothing(self) -> str:
        if self.is_refused:
            return "Nothing is shown for a filter that cannot be."
        if self.loaded_at is None:
            return "Nothing could be loaded."
        if self.filter_text:
            return "Nothing fits the filter."
        return "This user has none." if "user_id" in self.fixed else self.listing.empty

    # Finding

    def action_filter(self) -> None:
        self.add_class("-filtering")
        # `focus` would do it a little later.
        self.screen.set_focus(self._input)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the filter itself a slash is a slash."""
        # Not `has_focus`, which is known a little later.
        is_typed = action == "filter" and self.screen.focused is self._input
        return False if is_typed else super().check_action(action, parameters)

    @on(Input.Changed, ".filter")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        # Not the event's value: it may be older than what was put there meanwhile.
        if self._input.value == self.filter_text:
            return
        self._stop_typing()
        self.filter_text = self._input.value
        self._typing = self.set_timer(TYPING_SECONDS, self._apply_filter)
        self.say()

    def _stop_typing(self) -> None:
        if self._typing is not None:
            self._typing.stop()
            self._typing = None

    @on(TextInput.Entered)
    def _filter_done(self, event: TextInput.Entered) -> None:
        event.stop()
        self.filter_text = event.line.value
        self._apply_filter()
        self._leave_filter()

    def put_filter(self, text: str, *, returns_to: str | None = None) -> None:
        """Filter by this text, as if it had been typed; the cursor goes to a row, or the first."""
        self.filter_text = text
        with self.prevent(Input.Changed):
            self._input.value = text
        self._apply_filter(returns_to)
        self._leave_filter()

    def clear_filter(self) -> bool:
        """Take the filter away; tells whether there was one. The cursor stays on its row."""
        had_one = bool(self.filter_text) or self.has_class("-filtering")
        if had_one:
            self.put_filter("", returns_to=self.current.id if self.current is not None else None)
        return had_one

    def _leave_filter(self) -> None:
        self.set_class(bool(self.filter_text), "-filtering")
        self.table.focus()

    def _apply_filter(self, returns_to: str | None = None) -> None:
        self._stop_typing()
        self._input.is_left = False
        wanted = filters.parsed(self.filter_text, self.listing.words, self.context.now())
        if "q" in wanted.parameters and not self.listing.is_searchable:
            wanted = filters.Filter(problem=f"words are needed here, such as {self._hint}")
        if wanted.problem:
            self._refuse(wanted.problem)
        elif wanted != self.filter or not (self._is_awaited or self._shown == self.asked):
            self.filter = wanted
            self.load_anew(returns_to)
        self.say()
        self.settle()

    def _refuse(self, problem: str) -> None:
        self.filter = filters.Filter(problem=problem)
        self.clear()
        self.settle()

    @property
    def is_refused(self) -> bool:
        return bool(self.filter.problem)

    def refuse(self, trouble: Trouble) -> bool:
        is_of_the_filter = isinstance(trouble, Refused) and trouble.status in NO_SUCH_FILTER
        if is_of_the_filter and self.filter_text:
            self._refuse(trouble.words)
        return self.is_refused

    def action_sort(self) -> None:
        self._sort_by(self.listing.next_sort(self.sort))

    def action_reverse(self) -> None:
        self._sort_by(self.listing.reversed_sort(self.sort))

    @on(Table.SortChosen)
    def _sort_chosen(self, event: Table.SortChosen) -> None:
        event.stop()
        is_same = event.field == self.sort.lstrip("-")
        sort = self.listing.reversed_sort(self.sort)
        self._sort_by(sort if is_same else self.listing.first_sort(event.field))

    def _sort_by(self, sort: str) -> None:
        self.sort = self.table.sort = sort
        if not self.is_refused:
            self.load_anew()

    @property
    def _hint(self) -> str:
        words = " ".join(f"{name}:{word.example}" for name, word in self.listing.words.items())
        return f"part of a name or an e-mail, or {words}" if self.listing.is_searchable else words

    # Keys that wait

    @property
    def is_pending(self) -> bool:
        """Whether what is on screen is not yet the answer to what was asked for last."""
        return self._input.is_left or self._typing is not None or self._is_awaited

    def holds(self, key: HeldKey) -> bool:
        """Whether the key waits, for it is about rows that are not here; then it is kept.

        A key of the view or of the application does not wait, and no key waits behind it.
        """
        if self._input.is_left:
            self._held.add(key)
        elif not self._is_of_the_list(key) or (self._held and key.name == "filter"):
            self._give_up_held("it was left before the list was here")
            return False
        elif self._held or self._must_wait(key):
            self._held.add(key)
        else:
            return False
        self.say()
        return True

    def _is_of_the_list(self, key: HeldKey) -> bool:
        return self in key.owner.ancestors_with_self

    def _must_wait(self, key: HeldKey) -> bool:
        if not self._is_of_the_list(key):
            return False
        is_asked = self.is_pending and key.name not in ASKING
        return is_asked or (self.table.is_moving and key.name not in MOVES | ASKING)

    def settle(self) -> None:
        if self._held:
            # There every other key is obeyed, too.
            self.app.call_later(self._press_held)

    async def _press_held(self) -> None:
        """Press the keys that waited, in their order; one that leads away is the last."""
        while self._held and not self._input.is_left:
            key = self._held.first
            if self._must_wait(key):
                return
            is_about_rows = self._is_of_the_list(key) and key.name not in ASKING
            if is_about_rows and self._problem:
                self._give_up_held(self._problem)
                return
            if self.app.screen is not self.screen:
                self._give_up_held("something else came up")
                return
            await self.app.run_action(key.action, key.owner)
            self._held.drop_first()
            if self._held and not key.stays_in_the_list:
                self._give_up_held(f"{key.sign} came before")
        self.say()

    def _give_up_held(self, why: str) -> None:
        if signs := self._held.give_up():
            self.context.say(f"not done: {signs} ({why})", is_bad=True)
            self.say()

    @on(Table.ClickedTooEarly)
    def _clicked_too_early(self, event: Table.ClickedTooEarly) -> None:
        event.stop()
        self.context.say("the list is still loading: click once it is here", is_bad=True)

    # Marking and carrying away

    def action_mark(self) -> None:
        row = self.current
        if row is None:
            return
        if self.marks.pop(row.id, None) is None:
            self.marks[row.id] = row
        self.redraw_highlights()
        self.table.action_move(1)
        self.say()

    def action_unmark(self) -> None:
        self.marks.clear()
        self.redraw_highlights()
        self.say()

    def done_with(self, row_ids: Sequence[str]) -> None:
        for row_id in row_ids:
            self.marks.pop(row_id, None)
        self.redraw_highlights()
        self.say()

    def action_copy_id(self) -> None:
        if self.current is not None:
            self.context.carry("id", self.current.id)

    def action_copy_second(self) -> None:
        name, text = self.listing.second
        if self.current is not None:
            self.context.carry(name, text(self.current))

    def action_export(self) -> None:
        if self.filter.problem:
            # Else it would be the list without it.
            self.context.say(f"the filter is not in force: {self.filter.problem}", is_bad=True)
            return
        self.context.ask_for_export(self.listing, self.asked.as_parameters)

    def action_reload(self) -> None:
        self.reload()

    # Saying

    def say(self) -> None:
        self.table.is_loading = self.is_pending
        is_speaking = bool(self.marks or self._held or self._problem)
        self.set_class(is_speaking, "-speaking")
        words = "  ".join(filter(None, self._words()))
        if words != self._said:
            self._said = words
            self._status.update(words, layout=False)

    def _words(self) -> tuple[str, ...]:
        """What the line below the list says."""
        if self.is_pending or self._held:
            return (LOADING, f"{self._held} waits" if self._held else "", self._marked)
        problem = self._problem
        age = ""
        if self.loaded_at is not None and self.trouble:
            age = f"shown as of {relative_time.span(time.monotonic() - self.loaded_at)} ago"
        is_left_alone = self.table.is_left_alone and not self.is_watched
        watched = "the top stays on screen (↓ chooses a row)" if is_left_alone else ""
        return (f"! {problem}" if problem else "", age, self._marked, watched, self._extent())

    @property
    def _problem(self) -> str:
        return self.filter.problem or self.trouble

    @property
    def _marked(self) -> str:
        return f"✓ {len(self.marks)} marked (u unmarks)" if self.marks else ""

    def _extent(self) -> str:
        window = self.table.window
        count = len(window.rows)
        rows = f"{count} row{'' if count == 1 else 's'}"
        if self.loaded_at is None or self.is_refused:
            return ""
        if window.begins_the_list and window.ends_the_list:
            return rows
        more = [
            *([] if window.begins_the_list else ["above"]),
            *([] if window.ends_the_list else ["below"]),
        ]
        return f"{rows} loaded, more {' and '.join(more)}"
