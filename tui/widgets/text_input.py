"""Owns a line of text whose Enter is obeyed before the next key.

Keys that are typed ahead, or by a password manager, would else land in the line that was just left: a
password, readable, behind the e-mail. With `TAB` a screen does the same for Tab. Knows nothing of what
is typed.
"""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

# As Textual has them, but obeyed before the next key, too.
TAB: tuple[Binding, ...] = (
    Binding("tab", "app.focus_next", "Next", show=False, priority=True),
    Binding("shift+tab", "app.focus_previous", "Previous", show=False, priority=True),
)


class TextInput(Input):
    """An `Input` with a place to go on to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave_input", "Go on", show=False, priority=True)
    ]

    class Entered(Message):
        """Enter was pressed, and all that was typed before it is in the line."""

        def __init__(self, line: TextInput) -> None:
            super().__init__()
            self.line = line

        @property
        def control(self) -> TextInput:
            """What `on` selects by."""
            return self.line

    def __init__(self, value: str = "", **options: Any) -> None:
        super().__init__(value, compact=True, select_on_focus=False, **options)
        # Nothing blinks.
        self.cursor_blink = False
        self.next_focus: Widget | None = None

    def action_leave_input(self) -> None:
        """Focus what comes next at once; say so once the keys before Enter were worked off."""
        if self.next_focus is not None:
            # `focus` would do it a little later.
            self.screen.set_focus(self.next_focus)
        self.call_later(self.post_message, self.Entered(self))
