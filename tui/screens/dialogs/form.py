"""Owns the forms: a few lines of text, and which lines a new user, roles and an export need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui.text import plain
from tui.widgets.text_input import TextInput


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

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "Give up")]

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
                yield TextInput(
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
        lines = list(self.query(TextInput))
        for line, next_focus in pairwise(lines):
            line.next_focus = next_focus

    @on(Button.Pressed, "#go-on")
    def action_go_on(self) -> None:
        self.dismiss(
            {field.name: self.query_one(f"#{field.name}", Input).value for field in self._fields}
        )

    @on(Button.Pressed, "#give-up")
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
