"""The parts that all views share: header, crumbs, live parts and footer.

Knows nothing of what a view shows.
"""

from __future__ import annotations

from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from tui.context import AppContext
from tui.lists.schemas import Row
from tui.widgets.crumbs import Crumbs
from tui.widgets.detail import Detail
from tui.widgets.footer import Footer
from tui.widgets.header import Header
from tui.widgets.live import LIVE, Live
from tui.widgets.table import Table


class View(Screen[None]):
    """A view; `crumbs` says how one came here."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", id="view.back")]

    def __init__(self, context: AppContext, *crumbs: str) -> None:
        super().__init__()
        self.context = context
        self.crumbs = crumbs
        self.opened: Row | None = None
        """The row that was opened; None for one of the views themselves."""

    def compose(self) -> ComposeResult:
        """Header, crumbs, the parts of the view, running tasks and footer."""
        yield Header()
        yield Crumbs(self.crumbs)
        yield from self.parts()
        yield Static(id="task", markup=False)
        yield Footer()

    def parts(self) -> ComposeResult:
        """The widgets between the crumbs and the footer."""
        yield from ()

    def on_screen_resume(self) -> None:
        """Notes the place, and wakes the live widgets."""
        self.context.note_place()
        self.context.show_standing()
        for live in self.lives:
            live.wake()

    @on(Table.Opened)
    def _row_opened(self, event: Table.Opened) -> None:
        self.context.open_row(event.row)

    def action_back(self) -> None:
        """Leave for where one was."""
        self.dismiss()

    def action_operate(self, name: str) -> None:
        """Ask for the operation of that name on the one row that the view is about."""
        self.query_one(Detail).action_operate(name)

    @property
    def lives(self) -> tuple[Live, ...]:
        """The parts that are kept live."""
        return cast("tuple[Live, ...]", tuple(self.query(f".{LIVE}")))
