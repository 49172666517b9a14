"""The question which one of a few is meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from tui.screens.key_help import key_of


class Choice(ModalScreen[int | None]):
    """Asks which one of a few is meant; tells its place among them. Escape gives up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Give up", key_display="Esc", id="dialog.cancel")
    ]

    def __init__(self, title: str, names: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._names = names

    def compose(self) -> ComposeResult:
        """The title and the names to choose from."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            yield OptionList(*self._names, markup=False, compact=True)
            cancel = key_of(self.app, Choice, "dialog.cancel")
            yield Static(f"Enter chooses, {cancel} gives up", classes="label", markup=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def action_give_up(self) -> None:
        """Closes the dialog without an answer."""
        self.dismiss(None)
