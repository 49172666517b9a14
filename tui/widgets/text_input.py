"""A line of text, and where its Enter leads.

Knows nothing of what is typed.
"""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input


class TextInput(Input):
    """An `Input` whose Enter leads to the next one, or else is the screen's `action_go_on`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "leave_input",
            "Go on",
            show=False,
            priority=True,
            key_display="Enter",
            id="input.go_on",
        )
    ]

    def __init__(self, value: str = "", **options: Any) -> None:
        super().__init__(value, compact=True, select_on_focus=False, **options)
        # Nothing blinks.
        self.cursor_blink = False
        self.next_focus: Widget | None = None

    async def action_leave_input(self) -> None:
        """Focuses the next input; the last one sends the form."""
        if self.next_focus is None:
            await self.run_action("screen.go_on")
        else:
            # `focus` would do it a little later.
            self.screen.set_focus(self.next_focus)
