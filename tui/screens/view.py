"""Owns what all views share: the header, the crumbs, the live parts and the footer.

Knows nothing of what a view shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from tui.widgets.bar import Bar
from tui.widgets.crumbs import Crumbs
from tui.widgets.keys_line import KeysLine
from tui.widgets.live import Live

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
        yield Bar()
        yield Crumbs(self.crumbs)
        yield from self.parts()
        yield Static(id="task", markup=False)
        yield KeysLine()

    def parts(self) -> ComposeResult:
        """What is between the crumbs and the footer."""
        yield from ()

    def on_screen_resume(self) -> None:
        self.dashboard.show_standing()
        for live in self.query(Live):
            live.wake()

    @property
    def lives(self) -> tuple[Live, ...]:
        """The parts that are kept live."""
        return tuple(self.query(Live))
