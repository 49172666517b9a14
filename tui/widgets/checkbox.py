"""A box to tick that is seen to be ticked by its sign, and not by a colour alone."""

from __future__ import annotations

from typing import ClassVar

from textual import widgets
from textual.binding import Binding, BindingType

TICKED, EMPTY = "X", " "


class Checkbox(widgets.Checkbox):
    """Textual's own shows an X in either state. Space ticks it; Enter is the dialog's."""

    BUTTON_INNER = EMPTY
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.go_on", "Go on", show=False, key_display="Enter", id="input.go_on")
    ]

    def watch_value(self) -> None:
        """Draws the tick."""
        self.BUTTON_INNER = TICKED if self.value else EMPTY
        super().watch_value()
