"""The question whether something is to be done: what it does, to whom, and yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui.screens.key_help import key_of
from tui.text import plain
from tui.widgets.text_input import TextInput

# As many as every screen has room for.
NAMES_SHOWN = 5


class Confirm(ModalScreen[bool]):
    """Says what an operation does, and asks. The answer is No until somebody says otherwise."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "go_on", "Yes", id="dialog.yes"),
        Binding("n", "no", "No", id="dialog.no"),
        Binding("escape", "no", "No", key_display="Esc", id="dialog.cancel"),
        Binding("left,right", "other", "Other button", show=False, id="dialog.other_button"),
        Binding(
            "pageup,up",
            "scroll(-1)",
            "Scroll the names up",
            show=False,
            key_display="PgUp",
            id="dialog.scroll_up",
        ),
        Binding(
            "pagedown,down",
            "scroll(1)",
            "Scroll the names down",
            show=False,
            key_display="PgDn",
            id="dialog.scroll_down",
        ),
    ]

    def __init__(
        self, title: str, consequence: str, *, names: Sequence[str] = (), typed: str = ""
    ) -> None:
        super().__init__()
        self._title = title
        self._consequence = consequence
        self._names = names
        self._wanted = typed

    def compose(self) -> ComposeResult:
        """The question, its consequence, the rows, and the text to type."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            yield Static(self._consequence, classes="consequence", markup=False)
            if self._names:
                with VerticalScroll(classes="names", can_focus=False):
                    yield Static("\n".join(self._names), markup=False)
                if len(self._names) > NAMES_SHOWN:
                    up, down = self._key("scroll_up"), self._key("scroll_down")
                    words = f"{len(self._names)} in all; {up} and {down} scroll"
                    yield Static(words, classes="label", markup=False)
            if self._wanted:
                yield Static(f"Type {self._wanted} to go on:", id="wanted", markup=False)
                yield TextInput(classes="typed")
            with Horizontal(classes="buttons"):
                # What is typed may hold any letter, so there the letters do not answer.
                go_on = key_of(self.app, TextInput, "input.go_on")
                no = self._key("cancel" if self._wanted else "no")
                yes = go_on if self._wanted else self._key("yes")
                yield Button(f"No ({no})", id="no")
                yield Button(f"Yes ({yes})", id="yes", disabled=bool(self._wanted))

    def _key(self, name: str) -> str:
        return key_of(self.app, Confirm, f"dialog.{name}")

    @property
    def _is_typed(self) -> bool:
        if not self._wanted:
            return True
        return plain(self.query_one(Input).value.strip()).casefold() == self._wanted.casefold()

    def action_go_on(self) -> None:
        """Answers yes, if the wanted text is typed."""
        if self._is_typed:
            self.dismiss(True)
        else:
            self.query_one("#wanted", Static).update(f"✗ not {self._wanted}: type that to go on")

    def action_no(self) -> None:
        """Answers no."""
        self.dismiss(False)

    def action_scroll(self, pages: int) -> None:
        """The line for typing keeps the focus meanwhile."""
        for names in self.query(".names"):
            names.scroll_relative(y=pages * names.size.height, animate=False)

    def action_other(self) -> None:
        """Focuses the other button."""
        self.focus_next(Button)

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#yes", Button).disabled = not self._is_typed

    @on(Button.Pressed, "#yes")
    def _pressed_yes(self) -> None:
        self.action_go_on()

    @on(Button.Pressed, "#no")
    def _pressed_no(self) -> None:
        self.action_no()
