"""The highlighted rows, and since when: used, or deleted. Knows nothing of drawing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from tui.widgets.row_renderer import COOL_AFTER_SECONDS, Highlights

# A row that is no longer there is shown this long, so that one sees where it went.
GONE_SECONDS = 4.0


class RowHighlights:
    """The highlights of one list, by the ids of its rows."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._used: dict[str, float] = {}
        self._gone: dict[str, float] = {}

    def use(self, row_id: str) -> None:
        """The row is being used at this moment."""
        self._used[row_id] = self._clock()

    def lose(self, row_id: str) -> None:
        """The row is no longer there, from the first time this is said."""
        self._gone.setdefault(row_id, self._clock())

    def is_gone(self, row_id: str) -> bool:
        """Whether the row was deleted and is still shown."""
        return row_id in self._gone

    def over(self) -> frozenset[str]:
        """Those that have been gone for long enough; they are told once."""
        now = self._clock()
        over = frozenset(row_id for row_id, at in self._gone.items() if now - at > GONE_SECONDS)
        for row_id in over:
            del self._gone[row_id]
        return over

    def highlights(self, marked: Iterable[str]) -> Highlights:
        """The highlights of this moment."""
        now = self._clock()
        self._used = {
            row_id: at for row_id, at in self._used.items() if now - at < COOL_AFTER_SECONDS
        }
        warmth = {row_id: round(now - at, 1) for row_id, at in self._used.items()}
        return Highlights(warmth, frozenset(marked), frozenset(self._gone))
