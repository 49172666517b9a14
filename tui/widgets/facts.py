"""The layout of facts about one thing: names at the left, values at the right.

Knows nothing of what the facts are about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, chop_cells
from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from tui.lists.columns import GAP, Cell
from tui.lists.detail_fields import Fact
from tui.text import fitted

NAME_WIDTH = 12
EMPTY: Fact = ("", Cell(""))


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
        is_other_height = self._height(facts) != self._height(self._facts)
        self._facts = facts
        self.refresh(layout=is_other_height)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:  # noqa: ARG002
        """The number of lines at this width."""
        return len(_lines(self._facts, width, self._columns(width)))

    def render(self) -> Text:
        """The facts, in as many columns as the width allows."""
        width = self.size.width
        text = Text(no_wrap=True, end="")
        for line in _lines(self._facts, width, self._columns(width)):
            each = width // len(line)
            for name, cell in line:
                self._append(text, name, cell, each)
            text.append("\n")
        return text

    def _height(self, facts: Sequence[Fact]) -> int:
        return len(_lines(facts, self.size.width, self._columns(self.size.width)))

    def _append(self, text: Text, name: str, cell: Cell, width: int) -> None:
        text.append(fitted(name, NAME_WIDTH), self._style("name"))
        style = self._style(cell.tone) if cell.tone else ""
        text.append(fitted(cell.text, max(width - NAME_WIDTH - GAP, 1)), style)
        text.append(" " * GAP)

    def _columns(self, width: int) -> int:
        return 1 if self._is_wide or width < self.TWO_COLUMNS else 2

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"facts--{name}", partial=True)


def _lines(facts: Sequence[Fact], width: int, columns: int) -> list[tuple[Fact, ...]]:
    """The facts line by line; below two columns of them, those that need a line of their own."""
    room = width // columns - NAME_WIDTH - GAP
    if columns == 1:
        return [(line,) for fact in facts for line in _wrapped(fact, max(room, 1))]
    narrow = [fact for fact in facts if cell_len(fact[1].text) <= room]
    wide = [fact for fact in facts if fact not in narrow]
    height = -(-len(narrow) // columns)
    lines = [tuple(narrow[line::height]) for line in range(height)]
    # A line of one among lines of two keeps to its column.
    lines = [line if len(line) == columns else (*line, EMPTY) for line in lines]
    whole = max(width - NAME_WIDTH - GAP, 1)
    return [*lines, *((line,) for fact in wide for line in _wrapped(fact, whole))]


def _wrapped(fact: Fact, room: int) -> list[Fact]:
    """A fact on as many lines as it takes: on a page of its own nothing need be cut."""
    name, cell = fact
    first, *more = chop_cells(cell.text, room) or [""]
    return [(name, Cell(first, cell.tone)), *(("", Cell(line, cell.tone)) for line in more)]
