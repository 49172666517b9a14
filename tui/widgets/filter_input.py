"""Owns where a filter is typed: when its text is to be in force, and that it is not yet.

Knows nothing of what the text means.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from tui.widgets.text_input import TextInput

TYPING_SECONDS = 0.25


class FilterInput(TextInput):
    """The line of a filter. It counts soon after the last letter, or with Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave_input", "Apply", priority=True),
        Binding("escape", "screen.back", "Clear", key_display="Esc"),
    ]

    class Edited(Message):
        """Another text stands there, which does not count yet."""

    class Entered(Message):
        """Enter was pressed."""

    class Paused(Message):
        """Nothing was typed for a moment: the text is to count."""

    def __init__(self, hint: str) -> None:
        super().__init__(placeholder=hint, classes="filter")
        self.text = ""
        """What was typed."""
        self.is_left = False
        """Enter was pressed, and the list does not know yet."""
        self._typing: Timer | None = None

    @property
    def is_pending(self) -> bool:
        """Whether the text does not count yet."""
        return self.is_left or self._typing is not None

    def put(self, text: str) -> None:
        """Let this text stand there as if it had been typed."""
        self.text = text
        with self.prevent(Input.Changed):
            self.value = text

    def take(self) -> str:
        """The text, which counts from now on."""
        if self._typing is not None:
            self._typing.stop()
        self._typing = None
        self.is_left = False
        return self.text

    async def action_leave_input(self) -> None:
        self.is_left = True
        await super().action_leave_input()
        self.post_message(self.Entered())

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        # Not the event's value: it may be older than what was put there meanwhile.
        if self.value == self.text:
            return
        self.text = self.value
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(TYPING_SECONDS, lambda: self.post_message(self.Paused()))
        self.post_message(self.Edited())
