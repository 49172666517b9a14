"""Owns the four views that are one list each."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.context import AppContext
from tui.screens.view import View
from tui.widgets.list_pane import ListPane
from tui.widgets.panes import ApiKeysPane, AuditPane, SessionsPane, UsersPane
from tui.widgets.table import Table


class ListView(View):
    """One list over the whole screen."""

    pane: ClassVar[type[ListPane[Any]]]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", show=False)]

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.crumbs = (self.pane.listing.title,)

    def parts(self) -> ComposeResult:
        yield self.pane(self.context)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Table))

    def action_back(self) -> None:
        """Out of the filter; there is nothing further back."""
        self.query_one(ListPane).clear_filter()

    @on(Table.Opened)
    def _opened(self, event: Table.Opened) -> None:
        self.context.open_row(event.row)


class UsersView(ListView):
    pane = UsersPane


class ApiKeysView(ListView):
    pane = ApiKeysPane


class SessionsView(ListView):
    pane = SessionsPane


class AuditView(ListView):
    pane = AuditPane
