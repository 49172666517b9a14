"""The input of a filter, which says when its text takes effect.

Which words it may have is the list's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from tui.lists import filters
from tui.lists.listing import Listing
from tui.widgets.text_input import TextInput

TYPING_SECONDS = 0.25


class FilterInput(TextInput):
    """The line of a filter. It counts soon after the last letter, or with Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave_input", "Apply", priority=True, id="filter.apply"),
        Binding("escape", "screen.back", "Clear", key_display="Esc", id="filter.clear"),
    ]

    class Edited(Message):
        """Another text stands there, which does not count yet."""

    class Entered(Message):
        """Enter was pressed."""

    class Paused(Message):
        """Nothing was typed for a moment: the text is to count."""

    def __init__(self, listing: Listing[Any]) -> None:
        words = " ".join(f"{name}:{word.example}" for name, word in listing.words.items())
        hint = f"part of a name or an e-mail, or {words}" if listing.is_searchable else words
        super().__init__(placeholder=hint, classes="filter")
        self._listing = listing
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

    def take(self, now: datetime) -> filters.Filter:
        """Let the text count from now on; returns what it asks for."""
        if self._typing is not None:
            self._typing.stop()
        self._typing = None
        self.is_left = False
        wanted = filters.parsed(self.text, self._listing.words, now)
        if "q" in wanted.parameters and not self._listing.is_searchable:
            return filters.Filter(problem=f"words are needed here, such as {self.placeholder}")
        return wanted

    async def action_leave_input(self) -> None:
        """Leaves the input, and announces that the filter was entered."""
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
