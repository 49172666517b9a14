"""The view that is one list."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.context import AppContext
from tui.screens.view import View
from tui.widgets.list_pane import ListPane
from tui.widgets.table import Table


class ListView(View):
    """One list over the whole screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False, id="view.back")
    ]

    def __init__(self, context: AppContext, pane: type[ListPane[Any]]) -> None:
        super().__init__(context, pane.listing.title)
        self.pane = pane

    def parts(self) -> ComposeResult:
        """The pane of the list."""
        yield self.pane(self.context)

    def on_mount(self) -> None:
        """Focuses the table."""
        self.set_focus(self.query_one(Table))

    def action_back(self) -> None:
        """Out of the filter; there is nothing further back."""
        self.query_one(ListPane).clear_filter()
