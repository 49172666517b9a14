"""The form: a few lines of text. Knows nothing of what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui.questions import Field
from tui.screens.key_help import key_of
from tui.widgets.text_input import TextInput


class Form(ModalScreen[dict[str, str] | None]):
    """Asks for a few lines of text; Enter goes on, Escape gives up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Give up", key_display="Esc", id="dialog.cancel")
    ]

    def __init__(
        self, title: str, fields: Sequence[Field], *, go_on: str, problem: str = ""
    ) -> None:
        super().__init__()
        self._problem = problem
        self._title = title
        self._fields = fields
        self._go_on = go_on

    def compose(self) -> ComposeResult:
        """An input for each field."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            for field in self._fields:
                yield Static(field.label, classes="label", markup=False)
                yield TextInput(
                    field.value,
                    placeholder=field.hint,
                    password=field.is_secret,
                    id=field.name,
                )
            if self._problem:
                yield Static(f"✗ {self._problem}", classes="problem", markup=False)
            with Horizontal(classes="buttons"):
                go_on = key_of(self.app, TextInput, "input.go_on")
                yield Button(f"{self._go_on} ({go_on})", id="go-on", variant="primary")
                cancel = key_of(self.app, Form, "dialog.cancel")
                yield Button(f"Give up ({cancel})", id="give-up")

    def on_mount(self) -> None:
        """Links each input to the next one, for Enter."""
        lines = list(self.query(TextInput))
        for line, next_focus in pairwise(lines):
            line.next_focus = next_focus

    @on(Button.Pressed, "#go-on")
    def action_go_on(self) -> None:
        """Answers each field's name and text."""
        self.dismiss(
            {field.name: self.query_one(f"#{field.name}", Input).value for field in self._fields}
        )

    @on(Button.Pressed, "#give-up")
    def action_give_up(self) -> None:
        """Closes the dialog without an answer."""
        self.dismiss(None)
