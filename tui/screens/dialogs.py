"""Owns the dialogs: what must be answered before anything goes on. Each knows only its question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static

from tui.operations.definitions import Operation
from tui.text import plain
from tui.widgets.line import TAB, Line

# As many as every screen has room for.
NAMES_SHOWN = 5


class Confirm(ModalScreen[bool]):
    """Says what an operation does, and asks. The answer is No until somebody says otherwise."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", "Yes"),
        Binding("n,escape", "no", "No"),
        Binding("left,right", "other", "Other button", show=False),
        Binding("pageup,up", "scroll(-1)", "Scroll the names up", show=False),
        Binding("pagedown,down", "scroll(1)", "Scroll the names down", show=False),
    ]

    def __init__(self, operation: Operation) -> None:
        super().__init__()
        self._operation = operation

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._operation.title, classes="title", markup=False)
            yield Static(self._operation.consequence, classes="consequence", markup=False)
            if self._operation.names:
                with VerticalScroll(classes="names", can_focus=False):
                    yield Static("\n".join(self._operation.names), markup=False)
                if len(self._operation.names) > NAMES_SHOWN:
                    words = f"{len(self._operation.names)} in all; PgUp and PgDn scroll"
                    yield Static(words, classes="label", markup=False)
            if self._operation.typed:
                yield Static(f"Type {self._operation.typed} to go on:", id="wanted", markup=False)
                yield Line(classes="typed")
            with Horizontal(classes="buttons"):
                # What is typed may hold any letter, so there the letters do not answer.
                no, yes = ("Esc", "Enter") if self._operation.typed else ("n", "y")
                yield Button(f"No ({no})", id="no")
                yield Button(f"Yes ({yes})", id="yes", disabled=bool(self._operation.typed))

    def on_mount(self) -> None:
        (self.query_one(Input) if self._operation.typed else self.query_one("#no")).focus()

    @property
    def _is_typed(self) -> bool:
        if not self._operation.typed:
            return True
        return (
            plain(self.query_one(Input).value.strip()).casefold()
            == self._operation.typed.casefold()
        )

    def action_yes(self) -> None:
        if self._is_typed:
            self.dismiss(True)
        else:
            self.query_one("#wanted", Static).update(
                f"✗ not {self._operation.typed}: type that to go on"
            )

    def action_no(self) -> None:
        self.dismiss(False)

    def action_scroll(self, pages: int) -> None:
        """The line for typing keeps the focus meanwhile."""
        for names in self.query(".names"):
            names.scroll_relative(y=pages * names.size.height, animate=False)

    def action_other(self) -> None:
        self.focus_next(Button)

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#yes", Button).disabled = not self._is_typed

    @on(Line.Entered)
    def _entered(self) -> None:
        self.action_yes()

    @on(Button.Pressed, "#yes")
    def _pressed_yes(self) -> None:
        self.action_yes()

    @on(Button.Pressed, "#no")
    def _pressed_no(self) -> None:
        self.action_no()


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    is_secret: bool = False


class Form(ModalScreen[dict[str, str] | None]):
    """Asks for a few lines of text; Enter goes on, Escape gives up."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "Give up"), *TAB]

    def __init__(
        self, title: str, fields: Sequence[Field], *, go_on: str, problem: str = ""
    ) -> None:
        super().__init__()
        self._problem = problem
        self._title = title
        self._fields = fields
        self._go_on = go_on

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            for field in self._fields:
                yield Static(field.label, classes="label", markup=False)
                yield Line(
                    field.value,
                    placeholder=field.hint,
                    password=field.is_secret,
                    id=field.name,
                )
            if self._problem:
                yield Static(f"✗ {self._problem}", classes="problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(f"{self._go_on} (Enter)", id="go-on", variant="primary")
                yield Button("Give up (Esc)", id="give-up")

    def on_mount(self) -> None:
        lines = list(self.query(Line))
        for line, onward in pairwise(lines):
            line.onward = onward
        lines[0].focus()

    @on(Line.Entered)
    def _entered(self, event: Line.Entered) -> None:
        if event.line.onward is None:
            self._finish()

    @on(Button.Pressed, "#go-on")
    def _finish(self) -> None:
        self.dismiss(
            {field.name: self.query_one(f"#{field.name}", Input).value for field in self._fields}
        )

    @on(Button.Pressed, "#give-up")
    def action_give_up(self) -> None:
        self.dismiss(None)


class Choice(ModalScreen[int | None]):
    """Asks which one of a few is meant; tells its place among them. Escape gives up."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "Give up")]

    def __init__(self, title: str, names: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._names = names

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            yield OptionList(*self._names, markup=False, compact=True)
            yield Static("Enter chooses, Esc gives up", classes="label", markup=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def action_give_up(self) -> None:
        self.dismiss(None)


def user_form(typed: Mapping[str, str], problem: str = "") -> Form:
    """What a new user needs; `typed` is what was typed before, and `problem` what was wrong with it."""
    fields = (
        Field("email", "E-mail", typed.get("email", ""), "ann@example.com"),
        Field("name", "Name", typed.get("name", ""), "may be left empty"),
        Field(
            "password",
            "Password",
            typed.get("password", ""),
            "empty: they have none",
            is_secret=True,
        ),
        Field("roles", "Roles", typed.get("roles", "user"), "separated by spaces"),
    )
    return Form("New user", fields, go_on="Create", problem=problem)


def roles_form(email: str, roles: str, problem: str = "") -> Form:
    """The roles of a user, to be edited."""
    field = Field("roles", "Roles, separated by spaces", roles, "none")
    return Form(f"Roles of {email}", (field,), go_on="Set", problem=problem)


def export_form(title: str, file: str, problem: str = "") -> Form:
    """Where to write an export; the ending chooses the format."""
    field = Field("file", "File: its ending, .csv or .jsonl, chooses the format", file)
    return Form(f"Export {plain(title)}", (field,), go_on="Export", problem=problem)


def words_of(text: str) -> tuple[str, ...]:
    """The words in a line, whether separated by spaces or commas, each once."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))
