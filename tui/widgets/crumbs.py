"""The line below the header: where one is, and which keys lead to the other views."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.widget import Widget

from tui.lists.all import LISTINGS

CRUMB = " › "
VIEWS = ("Overview", *(listing.title for listing in LISTINGS.values()))
GAP = "  "


class Crumbs(Widget):
    """The way here at the left, the views at the right where there is room. A click leads there."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"crumbs--here", "crumbs--key", "crumbs--view"}

    def __init__(self, crumbs: tuple[str, ...]) -> None:
        super().__init__()
        self._crumbs = crumbs
        self._are_views_shown = False

    def render(self) -> Text:
        """The path of the view, and the other views where there is room."""
        here = Text(f" {CRUMB.join(self._crumbs)}", self._style("here"), no_wrap=True, end="")
        views = self._views()
        room = self.size.width - views.cell_len
        # The way here matters more than the way elsewhere, once one is inside of something.
        least = here.cell_len if len(self._crumbs) > 1 else min(here.cell_len, 12)
        self._are_views_shown = room > least
        if not self._are_views_shown:
            here.truncate(self.size.width, overflow="ellipsis")
            return here
        here.truncate(room - 1, overflow="ellipsis")
        here.pad_right(room - here.cell_len)
        return Text.assemble(here, views, no_wrap=True, end="")

    def _views(self) -> Text:
        text = Text(no_wrap=True, end="")
        for number, view in enumerate(VIEWS, 1):
            text.append(f"{number} ", self._style("key"))
            text.append(f"{view}{GAP}", self._style("here" if view == self._crumbs[0] else "view"))
        return text

    def on_click(self, event: events.Click) -> None:
        """As the key that stands there, which the screen may have no use for."""
        begin = self.size.width - self._views().cell_len
        if not self._are_views_shown:
            return
        for number, view in enumerate(VIEWS, 1):
            end = begin + cell_len(f"{number} {view}{GAP}")
            if begin <= event.x < end:
                self.app.simulate_key(str(number))
            begin = end

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"crumbs--{name}", partial=True)
