"""The header: where we are, whether what is shown is true now, and whether keys can do harm.

Draws what it is told and finds out nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from tui import relative_time
from tui.text import fitted

NAME = "Everruns Auth"


@dataclass(frozen=True, slots=True)
class HeaderState:
    """How things stand. `stale_for` is in seconds; None while the feed is live.

    `clock_ahead` is the server's clock minus ours; zero where they agree.
    """

    url: str = ""
    context: str = ""
    colour: str = "blue"
    mode: str = ""
    version: str = ""
    stale_for: float | None = None
    clock_ahead: timedelta = timedelta()
    is_paused: bool = False
    is_connecting: bool = True
    is_armed: bool = False
    is_locked: bool = False

    @property
    def liveness(self) -> tuple[str, str]:
        """The words, and the tone to say them in."""
        if self.is_connecting:
            return "○ connecting", "dim"
        if self.stale_for is not None:
            return f"✗ stale {relative_time.span(self.stale_for)}", "bad"
        return ("‖ paused", "warning") if self.is_paused else ("● live", "good")

    @property
    def danger(self) -> tuple[str, str]:
        """Whether anything can be changed from here."""
        if self.is_armed:
            return "ARMED", "bad"
        return ("READ-ONLY (locked)" if self.is_locked else "READ-ONLY", "good")


class Header(Widget):
    """One line at the top."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "header--good",
        "header--warning",
        "header--bad",
        "header--dim",
        "header--name",
    }

    standing = reactive(HeaderState())

    def render(self) -> Text:
        """The server on the left, the connection on the right."""
        standing = self.standing
        right = self._right(standing)
        left = self._left(standing)
        room = max(self.size.width - right.cell_len - 1, 0)
        left.truncate(room, overflow="ellipsis", pad=True)
        return Text.assemble(left, " ", right, no_wrap=True, end="")

    def _left(self, standing: HeaderState) -> Text:
        text = Text(no_wrap=True, end="")
        if standing.context:
            text.append(f" {standing.context} ", f"bold black on {standing.colour}")
            text.append(" ")
        else:
            text.append(f" {NAME} ", self._style("header--name"))
        if standing.mode == "none":
            # Before the URL: where there is little room, what comes last is cut.
            text.append(" MODE NONE: OPEN TO ALL ", "bold white on red")
            text.append(" ")
        text.append(standing.url)
        if standing.mode and standing.mode != "none":
            text.append(f"  {standing.mode}", self._style("header--dim"))
        if standing.version:
            text.append(f" {standing.version}", self._style("header--dim"))
        return text

    def _right(self, standing: HeaderState) -> Text:
        words, tone = standing.liveness
        danger, danger_tone = standing.danger
        text = Text(no_wrap=True, end="")
        if standing.clock_ahead:
            text.append(
                f"clock {relative_time.signed(standing.clock_ahead)}",
                self._style("header--warning"),
            )
            text.append("  ")
        text.append(fitted(words, max(len(words), 7)), self._style(f"header--{tone}"))
        text.append("  ")
        style = "bold white on red" if standing.is_armed else self._style(f"header--{danger_tone}")
        text.append(f" {danger} ", style)
        return text

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)
