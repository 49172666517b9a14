"""Owns how facts about one thing are laid out: names at the left, what is so at the right.

Knows nothing of what the facts are about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from tui.columns import Cell
from tui.facts_of import Fact
from tui.text import fitted

NAME_WIDTH = 12


class Facts(Widget):
    """Facts, one a line; where there is room, two columns of them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "facts--name",
        "facts--good",
        "facts--warning",
        "facts--bad",
        "facts--dim",
        "facts--strong",
    }
    TWO_COLUMNS = 76

    def __init__(self, *, is_wide: bool = False) -> None:
        super().__init__()
        self._facts: Sequence[Fact] = ()
        self._is_wide = is_wide

    def show(self, facts: Sequence[Fact]) -> None:
        """Show these from now on."""
        is_taller = len(facts) != len(self._facts)
        self._facts = facts
        self.refresh(layout=is_taller)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:  # noqa: ARG002
        return -(-len(self._facts) // self._columns(width))

    def render(self) -> Text:
        width = self.size.width
        columns = self._columns(width)
        lines = -(-len(self._facts) // columns)
        each = width // columns
        text = Text(no_wrap=True, end="")
        for line in range(lines):
            for name, cell in self._facts[line::lines]:
                self._append(text, name, cell, each)
            text.append("\n")
        return text

    def _append(self, text: Text, name: str, cell: Cell, width: int) -> None:
        text.append(fitted(name, NAME_WIDTH), self._style("name"))
        style = self._style(cell.tone) if cell.tone else ""
        text.append(fitted(cell.text, max(width - NAME_WIDTH - 2, 1)), style)
        text.append("  ")

    def _columns(self, width: int) -> int:
        return 1 if self._is_wide or width < self.TWO_COLUMNS else 2

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"facts--{name}", partial=True)
