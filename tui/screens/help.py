"""The help: the keys that work in the view below it, and the words of its filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.lists.filters import Word
from tui.screens.key_help import Key, key_of
from tui.text import fitted

KEYS_WIDTH = 16
SIGNS = (
    ("›", "the row under the cursor"),
    ("✓", "marked: actions are about the marked rows, on screen or not"),
    ("● • ·", "used just now, a moment ago, some seconds ago"),
    ("✗", "no longer there"),
    ("↑ ↓", "behind a title: the list is sorted by it"),
)


class Help(ModalScreen[None]):
    """The keys and filter words of the screen below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,question_mark,q,enter", "dismiss", "Close", key_display="Esc", id="help.close"
        )
    ]

    def __init__(self, title: str, keys: Sequence[Key], words: Mapping[str, Word]) -> None:
        super().__init__()
        self._title = title
        self._keys = keys
        self._words = words

    def compose(self) -> ComposeResult:
        """The keys and the words of the filter."""
        with Vertical(classes="dialog tall"):
            yield Static(f"Help: {self._title}", classes="title", markup=False)
            with VerticalScroll():
                yield Static(self._text())
            closing = key_of(self.app, Help, "help.close")
            yield Static(f"{closing} closes", classes="status", markup=False)

    def on_mount(self) -> None:
        """Focuses the text, so that keys scroll it."""
        self.set_focus(self.query_one(VerticalScroll))

    def _text(self) -> Text:
        text = Text()
        for key in self._keys:
            self._line(text, key.keys, key.description)
        if self._words:
            text.append("\nWords for the filter\n", "bold")
            for name, word in self._words.items():
                self._line(text, f"{name}:", f"such as {name}:{word.example}")
        text.append("\nSigns\n", "bold")
        for sign, meaning in SIGNS:
            self._line(text, sign, meaning)
        return text

    @staticmethod
    def _line(text: Text, left: str, right: str) -> None:
        text.append(fitted(left, max(KEYS_WIDTH, len(left) + 1)), "bold")
        text.append(f"{right}\n")
