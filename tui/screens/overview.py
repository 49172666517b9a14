"""The first view: how many there are of what, sign-ins by minute, and the keys used last."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui import relative_time
from tui.context import AppContext
from tui.http.errors import Trouble
from tui.http.feed import Event
from tui.lists.schemas import Overview
from tui.screens.key_help import key_of
from tui.screens.view import View
from tui.widgets.chart import Chart
from tui.widgets.panes import ApiKeysPane
from tui.widgets.polled_widget import PolledWidget
from tui.widgets.table import Table
from tui.widgets.tiles import Tiles, tiles_of

# Numbers of the whole need not be seen to move; what is used is shown live below them.
EVERY_SECONDS = 10


class Numbers(PolledWidget[Overview]):
    """The tiles, the chart, and the line about the server."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._tiles = Tiles()
        self._chart = Chart()
        self._server = Static(classes="status", markup=False)
        self._ticks = 0
        self._overview: Overview | None = None
        self._trouble = ""

    def compose(self) -> ComposeResult:
        """The tiles, the chart and the line of the server."""
        yield self._tiles
        yield self._chart
        yield self._server

    def on_mount(self) -> None:
        """Shows the overview that the sign-in has read."""
        entered = self.context.session.entered
        if entered is not None:
            self._show(entered.overview)

    async def ask(self) -> Overview:
        """Reads the overview."""
        return await self.context.client.overview()

    def take(self, value: Overview) -> None:
        """Draws the overview."""
        self._trouble = ""
        self._show(value)

    def miss(self, trouble: Trouble) -> None:
        """Shows the trouble beside the old numbers."""
        self._trouble = trouble.words
        self._say(self.context.now())

    def handle(self, event: Event) -> None:
        """Reads the overview again after `reset`."""
        if event.name == "reset":
            self.schedule_refresh()

    def tick(self, now: datetime) -> None:
        """Reads the overview again every EVERY_SECONDS."""
        self._ticks += 1
        if self._ticks % EVERY_SECONDS == 0:
            self.schedule_refresh()
        super().tick(now)
        self._say(now)

    def _show(self, overview: Overview) -> None:
        self._overview = overview
        self._tiles.show(tiles_of(overview))
        self._chart.minutes = overview.sign_ins
        self._say(self.context.now())

    def _say(self, now: datetime) -> None:
        overview = self._overview
        if overview is None:
            return
        pending = overview.migrations.pending
        migrations = f"! {pending} migrations pending" if pending else "migrations current"
        words = [
            f"{overview.engine}",
            f"{migrations} ({overview.migrations.applied} applied)",
            f"counted {relative_time.since(overview.counted_at, now)}",
        ]
        words += [f"! {self._trouble}"] if self._trouble else []
        self._server.update("  ·  ".join(words), layout=False)


class OverviewView(View):
    """How things are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False, key_display="Esc", id="view.back")
    ]

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, "Overview")

    def parts(self) -> ComposeResult:
        """The numbers, and the keys that were used last."""
        yield Numbers(self.context)
        step_in = key_of(self.app, Table, "list.down")
        out = key_of(self.app, OverviewView, "view.back")
        words = f"Keys most recently used  ({step_in} steps in, {out} out)"
        yield Static(words, classes="heading", markup=False)
        yield ApiKeysPane(self.context, is_watched=True)

    def on_mount(self) -> None:
        """Focuses the table of keys."""
        self.set_focus(self.query_one(Table))

    def action_back(self) -> None:
        """Out of the filter; then the keys are only watched again."""
        pane = self.query_one(ApiKeysPane)
        if not pane.clear_filter():
            pane.table.step_out()
