"""The question which columns of a list are to be seen."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.lists.listing import Listing
from tui.screens.key_help import key_of
from tui.widgets.checkbox import Checkbox


class Columns(ModalScreen[frozenset[str] | None]):
    """Asks which columns are to be seen; its answer is the titles of the others. Escape gives up.

    The first column is not asked about: the rows are known by it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Give up", key_display="Esc", id="dialog.cancel"),
        Binding("up,k", "app.focus_previous", "Previous", show=False, id="dialog.previous"),
        Binding("down,j", "app.focus_next", "Next", show=False, id="dialog.next"),
    ]

    def __init__(self, listing: Listing[Any], hidden: frozenset[str]) -> None:
        super().__init__()
        self._listing = listing
        self._boxes = {
            column.title: Checkbox(column.title, column.title not in hidden)
            for column in listing.columns[1:]
        }

    def compose(self) -> ComposeResult:
        """A box for each column."""
        go_on = key_of(self.app, Checkbox, "input.go_on")
        cancel = key_of(self.app, Columns, "dialog.cancel")
        with Vertical(classes="dialog"):
            yield Static(f"Columns: {self._listing.title}", classes="title", markup=False)
            yield from self._boxes.values()
            yield Static(
                "Without room for all, the least important are left out.\n"
                f"Space ticks, {go_on} shows them, {cancel} gives up",
                classes="label",
                markup=False,
            )

    def action_go_on(self) -> None:
        """Answers the titles of the columns without a tick."""
        self.dismiss(frozenset(title for title, box in self._boxes.items() if not box.value))

    def action_give_up(self) -> None:
        """Closes the dialog without an answer."""
        self.dismiss(None)
