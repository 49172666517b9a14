"""Owns what all views share: the header, the crumbs, the live parts and the footer.

Knows nothing of what a view shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from tui.widgets.crumbs import Crumbs
from tui.widgets.footer import Footer
from tui.widgets.header import Header
from tui.widgets.live_widget import LiveWidget

if TYPE_CHECKING:
    from tui.app import Dashboard


class View(Screen[None]):
    """A view; `crumbs` says how one came here."""

    crumbs: tuple[str, ...] = ()

    @property
    def dashboard(self) -> Dashboard:
        """The application, as what it is."""
        return cast("Dashboard", self.app)

    def compose(self) -> ComposeResult:
        yield Header()
        yield Crumbs(self.crumbs)
        yield from self.parts()
        yield Static(id="task", markup=False)
        yield Footer()

    def parts(self) -> ComposeResult:
        """What is between the crumbs and the footer."""
        yield from ()

    def on_screen_resume(self) -> None:
        self.dashboard.show_standing()
        for live in self.query(LiveWidget):
            live.wake()

    @property
    def lives(self) -> tuple[LiveWidget, ...]:
        """The parts that are kept live."""
        return tuple(self.query(LiveWidget))
