"""The chart of sign-ins by minute: what succeeded above, what failed below, each by its place.

The two have a strip of their own and a shape of their own, so that neither needs a colour. Knows
nothing of where the numbers come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.lists.schemas import Minute
from tui.text import fitted

BLOCKS = " ▁▂▃▄▅▆▇█"
STEPS = len(BLOCKS) - 1
LABEL = 15


def heights(counts: Sequence[int], lines: int) -> list[int]:
    """Each count in eighths of a line; whatever is not nothing is seen."""
    highest = max(counts, default=0)
    if not highest:
        return [0 for _ in counts]
    return [-(-count * lines * STEPS // highest) for count in counts]


def columns_per_minute(width: int, minutes: int) -> int:
    """How wide one minute may be."""
    return max(1, min(3, (width - LABEL) // max(minutes, 1)))


class Chart(Widget):
    """Sign-ins of the last hour; the newest minute is at the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chart--success",
        "chart--failure",
        "chart--label",
        "chart--axis",
    }

    minutes: reactive[tuple[Minute, ...]] = reactive(())

    def render_line(self, y: int) -> Strip:
        """One line of the bars: sign-ins above, failures below, then the minutes."""
        lines = self.size.height
        failure_lines = max((lines - 1) // 3, 1)
        success_lines = max(lines - 1 - failure_lines, 1)
        if y < success_lines:
            counts = [minute.success for minute in self._shown]
            return self._bar_line("sign-ins", counts, y, success_lines, "success")
        if y < success_lines + failure_lines:
            counts = [minute.failure for minute in self._shown]
            return self._bar_line("failures", counts, y - success_lines, failure_lines, "failure")
        return self._axis()

    @property
    def _shown(self) -> tuple[Minute, ...]:
        room = max(self.size.width - LABEL, 1)
        return self.minutes[-room:]

    def _bar_line(self, name: str, counts: list[int], y: int, lines: int, kind: str) -> Strip:
        labels = (f"{name:<8}{sum(counts):>5}", f"{'peak':<8}{max(counts, default=0):>5}")
        label = labels[y] if y < len(labels) else ""
        wide = columns_per_minute(self.size.width, len(counts))
        floor = (lines - 1 - y) * STEPS
        full = "▒" if kind == "failure" else BLOCKS[-1]
        bars = ""
        for height in heights(counts, lines):
            step = max(0, min(height - floor, STEPS))
            bars += (full if step == STEPS else BLOCKS[step]) * wide
        return self._strip(
            Segment(fitted(label, LABEL), self._style("label")), Segment(bars, self._style(kind))
        )

    def _axis(self) -> Strip:
        width = columns_per_minute(self.size.width, len(self._shown)) * len(self._shown)
        left, right = f"{len(self._shown)} min ago", "now"
        words = left + " " * max(width - len(left) - len(right), 1) + right
        return self._strip(Segment(" " * LABEL), Segment(words, self._style("axis")))

    def _strip(self, *segments: Segment) -> Strip:
        styled = Segment.apply_style(segments, self.rich_style)
        return Strip(styled).adjust_cell_length(self.size.width, self.rich_style)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"chart--{name}", partial=True)
