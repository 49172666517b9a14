"""Owns what all views share: the header, the crumbs, the live parts and the footer.

Knows nothing of what a view shows.
"""

from __future__ import annotations

from typing import cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from tui.context import AppContext
from tui.widgets.crumbs import Crumbs
from tui.widgets.footer import Footer
from tui.widgets.header import Header
from tui.widgets.live import LIVE, Live


class View(Screen[None]):
    """A view; `crumbs` says how one came here."""

    crumbs: tuple[str, ...] = ()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context

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
        self.context.show_standing()
        for live in self.lives:
            live.wake()

    @property
    def lives(self) -> tuple[Live, ...]:
        """The parts that are kept live."""
        return cast("tuple[Live, ...]", tuple(self.query(f".{LIVE}")))
